// Pictures of every page of a case, for people to look at: node tests/browser/shots.mjs ADDRESS FOLDER [CASE]
// Light and dark, wide and narrow; ONLY and LOOKS pick some, SCREEN=1 takes one screen instead of the whole page.
// ADDRESS is the line the program prints at start.
import { chromium } from "playwright-core";
import { mkdirSync } from "node:fs";

const [address, folder, given] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const origin = new URL(address).origin;
if (process.env.COOKIE) {
  const [name, value] = process.env.COOKIE.split("=");
  await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: "Strict" }]);
} else {
  await page.goto(address);
  await page.waitForURL((url) => !url.search.includes("token"));
}
let id = given;
if (!id) {
  await page.goto(origin + "/");
  const first = await page.locator("a.case").first().getAttribute("href").catch(() => null);
  id = first?.split("/")[2];
}
const paths = { home: "/", new: "/new", settings: "/settings", about: "/about" };
if (id) {
  for (const part of ["", "papers", "questions?list=1", "rights", "opinion", "opinion/whom", "opinion/check", "opinion/compare", "treatments", "evidence", "letters", "letter/appeal_letter", "packet", "log", "history"]) {
    paths[part.replace(/[/?=]/g, "-") || "overview"] = `/case/${id}/${part}`;
  }
}
const only = process.env.ONLY?.split(",");
for (const [name, path] of Object.entries(paths)) {
  if (only && !only.includes(name)) continue;
  for (const [look, width, scheme] of [["wide", 1280, "light"], ["narrow", 390, "light"], ["dark", 1280, "dark"]]) {
    if (process.env.LOOKS && !process.env.LOOKS.split(",").includes(look)) continue;
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(origin + path);
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: !process.env.SCREEN });
  }
}
if (id) {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`${origin}/case/${id}/papers`);
  const papers = await page.locator("ul.list a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const [i, href] of papers.entries()) {
    await page.goto(origin + href);
    await page.screenshot({ path: `${folder}/paper-${i}-wide.png`, fullPage: !process.env.SCREEN });
  }
}
await browser.close();

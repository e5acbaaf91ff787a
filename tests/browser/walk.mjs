// From the demo letter to the packet as somebody does it who has never seen the app: node tests/browser/walk.mjs BINARY [FOLDER]
//
// Only what is on the pages is used: the walk presses the most prominent button that fits and never types an address.
// Beside the machine's own time it adds up what a person would take: reading every word of a page seen for the first
// time at 200 words a minute, 2 s to find and press a thing, 0.4 s per typed character, 15 s to find a file. These
// are assumptions for an ill and tired reader, not a measurement of people. FOLDER keeps a picture of every page (`-`:
// none); further words are the program's arguments, as for tour.mjs.
import { chromium } from "playwright-core";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

const [binary, shots, ...given] = process.argv.slice(2);
const demo = join(dirname(fileURLToPath(import.meta.url)), "../walks/demo");
// KEEP names a folder that stays, for looking at the case afterwards.
const folder = process.env.KEEP ?? mkdtempSync(join(tmpdir(), "corroborate-walk-"));
const pictures = shots && shots !== "-";
if (pictures) mkdirSync(shots, { recursive: true });
const args = given.length ? given.map((a) => a.replace("{folder}", folder)) : ["serve", "--data", folder, "--no-browser", "--today", "2026-10-29"];
const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
const address = await new Promise((resolve, reject) => {
  createInterface({ input: child.stdout }).on("line", (text) => {
    const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/);
    if (found) resolve(found[0]);
  });
  child.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(60_000);
const began = performance.now();
const read = new Set();
let human = 0, pages = 0;

/** Reads what is new on this page, as a person would before doing anything. */
async function look(name) {
  // A person reads neither the fifty entries of a list to pick from nor what is there for screen readers only.
  const text = await page.locator("main").evaluate((main) => {
    const hidden = [...main.querySelectorAll("select, .off, .narrow-only")];
    hidden.forEach((e) => (e.hidden = true));
    const shown = main.innerText;
    hidden.forEach((e) => (e.hidden = false));
    return shown;
  });
  const lines = text.split("\n").map((l) => l.trim()).filter(Boolean);
  const fresh = lines.filter((l) => !read.has(l));
  fresh.forEach((l) => read.add(l));
  const words = fresh.join(" ").split(/\s+/).filter(Boolean).length;
  human += (words * 60) / 200;
  pages += 1;
  if (pictures) await page.screenshot({ path: join(shots, `${String(pages).padStart(2, "0")}-${name.replace(/\W+/g, "-")}.png`), fullPage: true });
  console.log(`${String(pages).padStart(3)}  ${name.padEnd(34)} ${String(words).padStart(4)} new words   ${Math.round(human)} s`);
}
const act = async (locator) => {
  human += 2;
  await Promise.all([page.waitForLoadState("load"), locator.first().click()]);
  await page.waitForLoadState("networkidle").catch(() => {});
};
const type = async (locator, text) => {
  human += 2 + 0.4 * text.length;
  await locator.fill(text);
};
const choose = async (locator, files) => {
  human += 15;
  await locator.setInputFiles(files.map((f) => join(demo, f)));
};
/** Waits until a paper is read, as the page itself does. */
const settle = async (until) => {
  for (let i = 0; i < 60 && !(await page.locator(until).count()); i++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
};

// What this person knows, by the words of the question.
const answers = [
  [/When did you get/, async () => { await page.locator("select[name=month]").selectOption("10"); await type(page.locator("input[name=day]"), "19"); await type(page.locator("input[name=year]"), "2026"); }],
  [/How do you get this/, "Through a job or union"],
  [/Who is the employer/, "A company, nonprofit or union"],
  [/Who pays the claims/, "The employer itself"],
  [/care already happened/, "Not yet"],
  [/dangerous to wait/, "No"],
  [/Which state does/, async () => page.locator("select[name=value]").selectOption("OH")],
  [/type of plan/, "PPO"],
  [/How many appeals/, "One"],
  [/doctor's field/, async () => type(page.locator("#value"), "Orthopaedic surgery")],
];

try {
  await page.goto(address);
  await page.waitForURL((u) => !u.search);
  await look("first page");
  await choose(page.locator("input[name=letter]"), ["denial.pdf", "opinion.pdf", "therapy.pdf", "imaging.pdf"]);
  await act(page.locator("form[action='/new'] button"));
  await settle("button[value=confirm]");
  await look("reading");
  await act(page.locator("button[value=confirm]"));
  for (let i = 0; i < 25 && page.url().includes("/question/"); i++) {
    const title = await page.locator("h1, legend").first().innerText();
    await look(`question: ${title.slice(0, 24)}`);
    const known = answers.find(([words]) => words.test(title))?.[1];
    if (!known) { await act(page.locator("button[name=unknown]")); continue; }
    human += 2;
    if (typeof known === "string") await page.locator("label.choice", { hasText: known }).first().click();
    else await known();
    await act(page.locator("main form button:not([name])"));
  }
  assert.match(page.url(), /\/case\/\w+$/, "after the last question stands the overview");
  await look("overview");
  await act(page.locator(".stand a", { hasText: "Second opinion" }));
  await look("check of the second opinion");
  await act(page.locator(".side a", { hasText: "Appeal packet" }));
  await look("packet");
  await act(page.locator("main a", { hasText: "See the letter" }));
  await look("letter");
  await page.goBack();
  human += 2;
  await act(page.locator("main a", { hasText: "What it looks like" }));
  await page.waitForTimeout(1500);
  await look("packet preview");
  assert.ok(!(await page.locator("main").innerText()).includes("DRAFT"), "nothing is missing from the packet");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("main a.button").first().click()]);
  human += 2;
  assert.equal(download.suggestedFilename(), "packet.pdf");
  const minutes = (human / 60).toFixed(1);
  console.log(`\nletter to packet: ${pages} pages, ${minutes} minutes for a person (assumed), ${((performance.now() - began) / 1000).toFixed(1)} s of the machine`);
} finally {
  child.kill("SIGKILL");
  await browser.close();
  if (!process.env.KEEP) rmSync(folder, { recursive: true, force: true });
}

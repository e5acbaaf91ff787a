// Server time and weight of every page: node tests/browser/measure.mjs BINARY [ARGUMENT…]   (as for tour.mjs)
// Prints start to first page, p50 and p99 of each page in ms, its weight with styles and script, and the memory held.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [binary, ...given] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "corroborate-measure-"));
const args = (given.length ? given : ["serve", "--data", "{folder}", "--no-browser", "--today", "2026-11-25"]).map((a) => a.replace("{folder}", folder));
const began = performance.now();
const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
const address = await new Promise((resolve) => {
  createInterface({ input: child.stdout }).on("line", (text) => {
    const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/);
    if (found) resolve(found[0]);
  });
});
const origin = new URL(address).origin;
const welcome = await fetch(address);
const cookie = welcome.headers.get("set-cookie").split(";")[0];
const get = async (path) => {
  const start = performance.now();
  const answer = await fetch(origin + path, { headers: { cookie }, redirect: "manual" });
  const body = await answer.text();
  return { ms: performance.now() - start, body, status: answer.status, location: answer.headers.get("location") };
};
const first = await get("/");
console.log(`start to first page: ${Math.round(performance.now() - began)} ms`);
const form = first.body.match(/name="_form" value="(\w+)"/)?.[1] ?? (await get("/new")).body.match(/name="_form" value="(\w+)"/)[1];
const data = new FormData();
data.set("_form", form);
data.set("letter", new Blob(["Harbor Example Health Plan\nOctober 15, 2026\nMember: Ana Example\nClaim number: 2026-77-0001\nWe have denied your request for total knee replacement because it is not medically necessary.\n"]), "letter.txt");
const made = await fetch(`${origin}/new`, { method: "POST", body: data, headers: { cookie, origin }, redirect: "manual" });
const id = made.headers.get("location").split("/")[2];
let assets = 0;
for (const [, path] of first.body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) assets += (await get(path)).body.length;
const pages = ["/", "/?q=knee", "/new", "/settings", "/about", ...["", "papers", "questions?list=1", "rights", "opinion", "opinion/whom", "opinion/check", "opinion/compare", "treatments", "evidence", "letters", "letter/appeal_letter", "packet", "log", "history"].map((p) => `/case/${id}/${p}`)];
console.log("page".padEnd(28), "p50".padStart(8), "p99".padStart(8), "weight".padStart(9));
for (const path of pages) {
  const times = [];
  let weight = 0;
  for (let i = 0; i < 200; i++) {
    const { ms, body } = await get(path);
    times.push(ms);
    weight = Buffer.byteLength(body);
  }
  times.sort((a, b) => a - b);
  console.log(path.replace(id, "ID").padEnd(28), times[100].toFixed(1).padStart(8), times[198].toFixed(1).padStart(8), String(weight + assets).padStart(9));
}
const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
console.log(`memory: ${Math.round(Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024)} MB`);
child.kill("SIGINT");
rmSync(folder, { recursive: true, force: true });

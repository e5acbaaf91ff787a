// The whole tour in a real browser: node tests/browser/tour.mjs BINARY [ARGUMENT…]
//
// BINARY prints, as its first line, the address to open. `{folder}` among the arguments is replaced by a fresh folder.
// Without arguments: serve --data {folder} --no-browser --today 2026-11-25.
// Walks from the letter to the packet in English and Spanish, with the keyboard alone, holds every page against
// axe-core narrow and wide, and fails on any request that leaves 127.0.0.1.
import { chromium } from "playwright-core";
import { AxeBuilder } from "@axe-core/playwright";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";

const [binary, ...given] = process.argv.slice(2);
if (!binary) {
  console.error("usage: node tour.mjs BINARY [ARGUMENT…]");
  process.exit(2);
}
const chrome = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(chrome)) {
  console.log(`skipped: no browser at ${chrome}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "corroborate-tour-"));
const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const args = (given.length ? given : ["serve", "--data", "{folder}", "--no-browser", "--today", "2026-11-25"]).map((a) =>
  a.replace("{folder}", join(folder, "data")),
);

// Invented: no such person, plan or physician exists.
const LETTER = `Harbor Example Health Plan
P.O. Box 100, Springfield, IL 62701
October 15, 2026
Member: Ana Example
Member ID: HX-123456
Claim number: 2026-77-0001
Service: Total knee replacement (CPT 27447)
Diagnosis: Osteoarthritis of the right knee (M17.11)

Dear Ana Example:
We have denied your request for total knee replacement. The service is not medically necessary because our
clinical policy requires three months of conservative treatment, and the records do not show it.
You have the right to appeal within 180 days of receiving this letter. Mail your appeal to
Harbor Example Health Plan, Appeals Department, P.O. Box 200, Springfield, IL 62701.
`;
const CUT = `Harbor Example Medicaid Plan
November 20, 2026
Member: Ana Example
Member ID: MD-998877
Service: home health aide visits
We are reducing the home health aide visits we approved for you. They are not medically necessary.
The change takes effect on December 5, 2026. You may appeal within 60 days of the date of this letter.
`;
const OPINION = `Second Opinion Consultation
November 18, 2026
Re: Ana Example
I am Ben Invented, MD, an orthopedic surgeon. I examined the patient in person on November 16, 2026 and reviewed her
records. I have no relationship with the treating physician. In my opinion total knee replacement is medically
necessary and is the standard of care. She completed six months of physical therapy without lasting relief.
Ben Invented, MD
`;

const PHOTOS = [
  ["Harbor Example Health Plan", "October 15, 2026", "Member ID: HX-123456", "We cannot approve the request for total knee replacement.", "Our reasons are on the next page.", "Page 1 of 2"],
  ["The service is not medically necessary.", "You may appeal within 180 days of receiving this letter.", "Page 2 of 2"],
];

const results = [];
const step = async (name, work) => {
  const began = performance.now();
  await work();
  results.push([name, Math.round(performance.now() - began)]);
  console.log(`ok   ${name} (${results.at(-1)[1]} ms)`);
};

async function start(folderName) {
  const began = performance.now();
  const child = spawn(binary, args.map((a) => a.replace("/data", `/${folderName}`)), { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (text) => {
      const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/);
      if (found) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
  });
  return { child, address: line, millis: performance.now() - began };
}

const browser = await chromium.launch({ executablePath: chrome, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"] });
const foreign = [];
// By path: every round has a port of its own, and the same style sheet must not count once a round.
const assets = new Map();
let heaviest = ["", 0];
let child;

async function tour(language, scripts) {
  const program = await start(`data-${language}-${scripts}`);
  child = program.child;
  console.log(`     ${language}, ${scripts ? "with" : "without"} scripts: address after ${Math.round(program.millis)} ms`);
  const origin = new URL(program.address).origin;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: language === "es" ? "es-US" : "en-US", javaScriptEnabled: scripts });
  context.setDefaultTimeout(120_000);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["127.0.0.1", "localhost"].includes(url.hostname) && url.protocol !== "data:") foreign.push(request.url());
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(`script error: ${error.message}`));
  page.on("console", (message) => { if (/Content Security Policy|Refused to/.test(message.text())) assert.fail(message.text()); });

  // What a keyboard does: move to the thing by Tab (bounded), then press.
  const focusOn = async (locator) => {
    for (let i = 0; i < 120; i++) {
      if (await locator.evaluate((e) => e === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`not reachable by keyboard: ${locator}`);
  };
  const press = async (locator) => {
    await focusOn(locator.first());
    await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press("Enter")]);
  };
  const open = (path) => page.goto(origin + path);
  // A browser without scripts cannot run axe; the same pages are checked in the tours with scripts.
  const check = async (name) => {
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      if (shots) await page.screenshot({ path: `${shots}/${language}${scripts ? "" : "-plain"}-${name}-${width}.png`, fullPage: true });
      const wide = !scripts ? false : await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
      assert.equal(wide, false, `${name} scrolls sideways at ${width}`);
      if (scripts) {
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ").slice(0, 400)}`), [], `${name} at ${width}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    const html = await page.content();
    assert.ok(html.includes(`lang="${language}"`), `${name} is not in ${language}`);
    const weight = Buffer.byteLength(html) + [...assets.values()].reduce((sum, n) => sum + n, 0);
    if (process.env.DUMP) writeFileSync(join(process.env.DUMP, `${language}-${name}.html`), html);
    if (weight > heaviest[1]) heaviest = [`${language} ${name}`, weight];
    assert.ok(weight <= 60_000, `${name} weighs ${weight} bytes`);
  };
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/assets/")) assets.set(pathname, (await response.body().catch(() => Buffer.alloc(0))).length);
  });

  await step(`${language}: a stranger and a foreign host get nothing`, async () => {
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    const answer = await other.goto(origin + "/");
    assert.equal(answer.status(), 403);
    const evil = await stranger.request.get(origin + "/", { headers: { host: "evil.example" } }).catch(() => null);
    if (evil) assert.equal(evil.status(), 421);
    await stranger.close();
  });
  await step(`${language}: the printed address opens the first page`, async () => {
    await page.goto(program.address);
    await page.waitForURL(origin + "/");
    await check("home");
  });
  await step(`${language}: the address works once`, async () => {
    const again = await browser.newContext();
    const other = await again.newPage();
    assert.equal((await other.goto(program.address)).status(), 403);
    await again.close();
  });

  writeFileSync(join(folder, "letter.txt"), LETTER);
  writeFileSync(join(folder, "opinion.txt"), OPINION);
  let id;
  await step(`${language}: letter in, reading out`, async () => {
    await page.locator("input[name=letter]").setInputFiles(join(folder, "letter.txt"));
    await press(page.locator("form[action='/new'] button").first());
    await page.waitForURL(/\/case\/\w+\/paper\//);
    for (let i = 0; i < 30 && !(await page.locator("button[value=confirm]").count()); i++) {
      await page.waitForTimeout(1000);
      await page.reload();
    }
    id = page.url().split("/")[4];
    const body = await page.locator("main").innerText();
    assert.ok(body.includes("October 15, 2026"), "the letter is shown");
    await check("reading");
    await press(page.locator("button[value=confirm]"));
  });
  await step(`${language}: questions, one a page`, async () => {
    for (let i = 0; i < 25 && page.url().includes("/question/"); i++) {
      const name = page.url().split("/question/")[1].replace(/\W/g, "-");
      if (i < 3) await check(`question-${name}`);
      const answer = { from: "job", employer: "company", payer: "insurer" };
      const nodes = page.locator("input[name=node]");
      const node = (await nodes.count()) ? await nodes.first().getAttribute("value") : null;
      if (node && answer[node]) {
        const radio = page.locator(`input[value=${answer[node]}]`);
        await focusOn(page.locator("input[type=radio]").first());
        for (let k = 0; k < 8 && !(await radio.isChecked()); k++) await page.keyboard.press(k ? "ArrowDown" : "Space");
        await press(page.locator("button:not([name])"));
      } else if (page.url().includes("/question/received")) {
        await page.locator("select[name=month]").selectOption("10");
        await page.locator("input[name=day]").fill("31");
        await page.locator("input[name=year]").fill("2026");
        await press(page.locator("button:not([name])"));
      } else if (page.url().includes("/question/care")) {
        await page.locator("input[value=pre_service]").check();
        await press(page.locator("button:not([name])"));
      } else if (page.url().includes("/question/state")) {
        await page.locator("select[name=value]").selectOption("CA");
        await press(page.locator("button:not([name])"));
      } else {
        await press(page.locator("button[name=unknown]"));
      }
    }
    assert.ok(!page.url().includes("/question/"), "the questions end");
  });
  await step(`${language}: overview and rights`, async () => {
    await open(`/case/${id}`);
    await check("overview");
    await open(`/case/${id}/rights`);
    await check("rights");
    const ics = await page.request.get(`${origin}/case/${id}/rights/dates.ics`);
    assert.ok((await ics.text()).startsWith("BEGIN:VCALENDAR\r\n"));
  });
  await step(`${language}: opinion letter in, check out`, async () => {
    for (const part of ["opinion", "opinion/whom", "opinion/compare"]) {
      await open(`/case/${id}/${part}`);
      await check(part.replace("/", "-"));
    }
    await open(`/case/${id}/opinion/check`);
    await page.locator("input[name=letter]").setInputFiles(join(folder, "opinion.txt"));
    await press(page.locator("main form[enctype] button"));
    await page.waitForTimeout(500);
    await open(`/case/${id}/opinion/check`);
    await check("check");
  });
  await step(`${language}: treatments, log, undo`, async () => {
    await open(`/case/${id}/treatments`);
    await page.locator("#what").fill("Physical therapy");
    await page.locator("#from").fill("2026-01-05");
    await page.locator("#to").fill("2026-06-30");
    await press(page.locator("main form:has(#what) button"));
    assert.ok((await page.locator("main").innerText()).includes("Physical therapy"));
    await check("treatments");
    await open(`/case/${id}/log`);
    await page.locator("#happened").selectOption("call");
    await page.locator("#text").fill("Asked about the policy");
    await press(page.locator("main form:has(#happened) button"));
    await check("log");
    await open(`/case/${id}/history`);
    await check("history");
    await press(page.locator("button[value=undo]"));
    await open(`/case/${id}/log`);
    assert.ok(!(await page.locator("main").innerText()).includes("Asked about the policy"), "undo takes it back");
  });
  await step(`${language}: two windows do not overwrite each other`, async () => {
    const other = await context.newPage();
    await open(`/case/${id}/treatments`);
    await other.goto(`${origin}/case/${id}/treatments`);
    await other.locator("#what").fill("Injection");
    await other.locator("main form:has(#what) button").click();
    await page.locator("#what").fill("Knee brace");
    await press(page.locator("main form:has(#what) button"));
    assert.ok((await page.locator("main").innerText()).includes("Knee brace"), "what was typed is shown");
    await check("conflict");
    await press(page.locator("main form button"));
    const text = await page.locator("main").innerText();
    assert.ok(text.includes("Injection") && text.includes("Knee brace"), "both are kept");
    await other.close();
  });
  await step(`${language}: letters and packet`, async () => {
    await open(`/case/${id}/letters`);
    await check("letters");
    await open(`/case/${id}/letter/appeal_letter`);
    await check("letter");
    await open(`/case/${id}/letter/appeal_letter?edit=1`);
    await check("letter-edit");
    for (const part of ["evidence", "papers", "packet"]) {
      await open(`/case/${id}/${part}`);
      await check(part);
    }
    const down = page.locator("button[value=down]:not([disabled])").first();
    if (await down.count()) {
      const before = await page.locator("ol.list li").allInnerTexts();
      await press(down);
      assert.notDeepEqual(await page.locator("ol.list li").allInnerTexts(), before, "the order changes by keyboard");
    }
    const rows = page.locator("ol.list li[data-file]");
    if (scripts && (await rows.count()) > 1) {
      const before = await rows.allInnerTexts();
      await Promise.all([page.waitForNavigation({ waitUntil: "load" }), rows.first().dragTo(rows.last(), { targetPosition: { x: 10, y: 60 } })]);
      assert.notDeepEqual(await rows.allInnerTexts(), before, "the order changes by dragging");
    }
    const zip = await page.request.get(`${origin}/case/${id}/packet/zip?fax=2`);
    assert.equal((await zip.body()).subarray(0, 2).toString(), "PK", "the ZIP with fax parts");
    const pdf = await page.request.get(`${origin}/case/${id}/packet/file`);
    assert.equal(pdf.status(), 200, await pdf.text().catch(() => ""));
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
  });
  await step(`${language}: a letter changed in Word comes back, papers that disagree ask for a choice`, async () => {
    const word = await (await page.request.get(`${origin}/case/${id}/letter/appeal_letter/file/docx`)).body();
    await open(`/case/${id}/letters`);
    await page.locator("#edited").setInputFiles({ name: "appeal.docx", mimeType: "application/octet-stream", buffer: word });
    await press(page.locator("main form:has(#edited) button"));
    await check("taken-back");
    await open(`/case/${id}/papers`);
    const text = "Northfield Benefit Administrators\nOctober 20, 2026\nNotice of adverse benefit determination\nPatient: Berta Sample\nMember ID: ZZ 1 2\nWe are unable to approve your request because it is not medically necessary.\n";
    await page.locator("#paper").setInputFiles({ name: "other.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.locator("#kind").selectOption("denial_letter");
    await press(page.locator("main form:has(#paper) button"));
    await open(`/case/${id}`);
    await check("differ");
    const open_ones = await page.locator("input[name=which]").count();
    assert.ok(open_ones > 0, "another person's name is noticed");
    const first = page.locator("main form:has(input[name=which])").first();
    await first.locator("input[value='0']").check();
    await press(first.locator("button"));
    assert.equal(await page.locator("input[name=which]").count(), open_ones - 1, "what was chosen is not asked again");
  });
  await step(`${language}: photos of one letter are put in order and joined`, async () => {
    const camera = await browser.newPage({ viewport: { width: 850, height: 1100 }, deviceScaleFactor: 2 });
    const files = [];
    for (const [i, lines] of PHOTOS.entries()) {
      await camera.setContent(`<body style="margin:80px;font:20px serif;background:#fff">${lines.map((l) => `<p>${l}</p>`).join("")}`);
      files.unshift({ name: `photo-${i + 1}.png`, mimeType: "image/png", buffer: await camera.screenshot() });
    }
    await camera.close();
    await open("/new");
    await page.locator("input[name=letter]").setInputFiles(files);
    await page.locator("input[name=one_letter]").check();
    await check("photos");
    await press(page.locator("form[action='/new'] button").first());
    await page.waitForURL(/\/join\?p=/);
    await check("join");
    const order = async () => (await page.locator("ol.sheets-in-order li").allInnerTexts()).map((t) => t.match(/photo-\d/)[0]);
    assert.deepEqual(await order(), ["photo-1", "photo-2"], "in the order of their numbers");
    for (const expected of ["photo-2", "photo-1"]) {
      await press(page.locator("ol.sheets-in-order li").last().locator("a.button").first());
      assert.equal((await order())[0], expected, "a page moves up by keyboard");
    }
    await press(page.locator("button[value=join]"));
    await page.waitForURL(/\/paper\/\w+\?joined/);
    for (let i = 0; i < 60 && !(await page.locator("button[value=confirm], button[value=again]").count()); i++) {
      await page.waitForTimeout(1000);
      await page.reload();
    }
    if (await page.locator("button[value=again]").count()) console.log("     skipped: the joined photos were not read (no OCR engine?)");
    else assert.ok((await page.locator("main").innerText()).includes("The service is not medically necessary"), "the second photo's reason is read");
    await check("joined");
    await open(`/case/${page.url().split("/")[4]}/papers`);
    assert.equal(await page.locator("main ul.list li").count(), 1, "one paper");
    await press(page.locator("main ul.list a").first());
    await page.locator("#parts summary").click();
    await press(page.locator("button[value=apart]"));
    assert.equal(await page.locator("main ul.list li").count(), 2, "two photos again");
    await check("apart");
    await open(`/case/${id}`);
  });
  await step(`${language}: care that is cut, and where the appeal goes`, async () => {
    writeFileSync(join(folder, "cut.txt"), CUT);
    await open("/new");
    await page.locator("input[name=letter]").setInputFiles(join(folder, "cut.txt"));
    await press(page.locator("form[action='/new'] button").first());
    await page.waitForURL(/\/case\/\w+\/paper\//);
    for (let i = 0; i < 30 && !(await page.locator("button[value=confirm]").count()); i++) {
      await page.waitForTimeout(1000);
      await page.reload();
    }
    const cut = page.url().split("/")[4];
    await press(page.locator("button[value=confirm]"));
    const answer = async (question, how) => {
      await open(`/case/${cut}/question/${question}`);
      await how();
      await press(page.locator("main button:not([name])"));
    };
    const day = (month, number) => async () => {
      await page.locator("#month").selectOption(month);
      await page.locator("#day").fill(number);
      await page.locator("#year").fill("2026");
    };
    const choose = (value) => () => page.locator(`input[value=${value}]`).check();
    await answer("coverage?node=medicaid", choose("plan"));
    await answer("care", choose("concurrent"));
    await answer("fact:event.notice_sent", day("11", "20"));
    await answer("fact:event.effective_date", day("12", "5"));
    await open(`/case/${cut}/question/appeal_address`);
    await check("question-address");
    await answer("appeal_address", () => page.locator("textarea[name=value]").fill("Harbor Example Appeals\nP.O. Box 200\nSpringfield, IL 62701"));
    await open(`/case/${cut}`);
    await check("care-cut");
    await press(page.locator("form:has(input[value=asked_continuation]) button"));
    assert.equal(await page.locator("input[value=asked_continuation]").count(), 0, "what was asked presses no more");
    await open(`/case/${cut}/letter/appeal_letter`);
    assert.ok((await page.locator("main").innerText()).includes("P.O. Box 200"), "the address stands on the letter");
    await open(`/case/${id}`);
  });
  await step(`${language}: damaged forms and large texts are refused kindly`, async () => {
    const token = await page.locator("input[name=_form]").first().getAttribute("value");
    const post = (path, form, headers) => page.request.post(origin + path, { form, headers: { origin, ...headers }, maxRedirects: 0 });
    assert.equal((await post(`/case/${id}/name`, { title: "x" })).status(), 403, "no form token");
    assert.equal((await post(`/case/${id}/name`, { _form: token, _seen: "1", title: "x" })).status(), 409, "an old revision");
    assert.equal((await post(`/case/${id}/name`, { _form: token, title: "x".repeat(10 << 20) })).status(), 413, "10 MB in a field");
    assert.equal((await post(`/case/${id}/name`, { _form: token, title: "x" }, { origin: "http://evil.example" })).status(), 421);
    assert.equal((await page.goto(`${origin}/case/nosuchcase`)).status(), 404);
  });
  await step(`${language}: settings, about, export, erase`, async () => {
    await open("/settings");
    await check("settings");
    const words = "seven quiet herons wade";
    for (const name of ["new", "again"]) await page.locator(`input[name=${name}]`).fill(words);
    await press(page.locator("form[action='/settings/passphrase'] button"));
    assert.ok(page.url().includes("changed=passphrase"), "the cases are locked with a passphrase");
    await check("settings-passphrase");
    await page.locator("input[name=now]").fill(words);
    await press(page.locator("form[action='/settings/key'] button"));
    assert.ok(page.url().includes("changed=key"), "the cases are locked with a key file again");
    await open("/about");
    await check("about");
    const zip = await page.request.get(`${origin}/case/${id}/export`);
    assert.equal((await zip.body()).subarray(0, 2).toString(), "PK");
    await open(`/case/${id}/history`);
    await page.locator("input[name=sure]").check();
    await press(page.locator("form[action$='/erase'] button"));
    assert.equal((await page.goto(`${origin}/case/${id}`)).status(), 404);
  });
  await context.close();
  child.kill("SIGINT");
}

let failed = false;
try {
  // ROUNDS=en,es,plain picks some of them; a busy machine is slow at axe.
  const rounds = process.env.ROUNDS?.split(",") ?? ["en", "es", "plain"];
  for (const round of rounds) await tour(round === "plain" ? "en" : round, round !== "plain");
  assert.deepEqual(foreign, [], "no request leaves this computer");
  console.log(`ok   no request left 127.0.0.1; ${results.length} steps; heaviest page: ${heaviest[0]}, ${heaviest[1]} bytes`);
} catch (error) {
  failed = true;
  console.error(`FAILED: ${error.message}`);
  console.error(error.stack?.split("\n").filter((l) => l.includes("tour.mjs")).slice(0, 4).join("\n"));
} finally {
  child?.kill("SIGKILL");
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/* The stall's voice, heard by the test instead of the room. */

/* In the place of voice.js: each sentence is told to `heard`. */
const MODULE = `
let last = null;
export const load = async () => {};
export const speak = (kind, dong) => { last = [kind, dong]; window.heard(kind, dong ?? null); };
export const repeat = () => { if (last) window.heard('again', last[1] ?? null); };
export const words = () => [];
`;

/* Of all tabs of a phone, also those opened later: heard(page, kind, dong) for each sentence. */
export async function listen(context, heard) {
	await context.exposeBinding("heard", ({ page }, kind, dong) => heard(page, kind, dong));
	await context.route("**/static/stall/voice.js*", (route) =>
		route.fulfill({ contentType: "text/javascript", body: MODULE }),
	);
}

/* The tap that browsers want before they play anything. */
export async function tap(page) {
	await page.keyboard.press("Shift");
	await page.waitForSelector('#sound[data-state="on"]');
}

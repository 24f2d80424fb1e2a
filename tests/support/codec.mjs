/* What a stall's phone makes without a network, outside of a phone: codec.js on the built codec. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { binary, root } from "./chopay.mjs";

export const wasm = join(dirname(binary), "gateway/web/stall/codec.wasm");

/* A page's module, outside of a page. */
export function pageModule(path) {
	const text = readFileSync(join(root, path));
	return import(`data:text/javascript;base64,${text.toString("base64")}`);
}

/* {mintReference, encode, qr} */
export async function loadCodec() {
	const { functions } = await pageModule("gateway/web/stall/codec.js");
	const made = await WebAssembly.instantiate(readFileSync(wasm), {});
	return functions(made.instance.exports);
}

// The gateway's own C on the phone: it mints references and makes codes where there is no network.
// codec() loads it once; nothing in it touches the network afterwards.

const WASM = '/static/stall/codec.wasm';
const QUIET = 4; // light modules round the code
const SVG = 'http://www.w3.org/2000/svg';
const REFERENCE_SIZE = 15;
const TEXT_SIZE = 513; // of a VietQR

let loading = null;

// Texts go behind the module's own memory, one after another.
function pen(exports) {
  let at = exports.__heap_base.value;
  const bytes = new Uint8Array(exports.memory.buffer);

  return {
    put(text) {
      const from = at;

      for (const c of text) {
        if (c < ' ' || c > '~') throw new RangeError('not ASCII: ' + text);
        bytes[at++] = c.charCodeAt(0);
      }
      bytes[at++] = 0;
      return from;
    },
    room(size) {
      at += size;
      return at - size;
    },
    text(from) {
      let to = from;

      while (bytes[to]) to++;
      return String.fromCharCode(...bytes.subarray(from, to));
    },
    bytes,
  };
}

// For tests, and for codec(): the functions over a compiled module's exports.
export function functions(exports) {
  // The reference of the stall's charge number `counter` (of the phone's own block), or null: that
  // number is left out, take the next.
  function mintReference(stallReference, counter) {
    const p = pen(exports);
    const out = p.room(REFERENCE_SIZE);
    const answer = exports.mint(p.put(stallReference), counter, out);

    if (answer > 1) throw new RangeError('no reference for ' + stallReference + ', ' + counter);
    return answer === 1 ? null : p.text(out);
  }

  // The text of a VietQR; amount 0 lets the payer type it.
  function encode({ bin, account, amount, memo }) {
    const p = pen(exports);
    const out = p.room(TEXT_SIZE);
    const status = exports.payload(p.put(bin), p.put(account),
      Math.floor(amount / 4294967296), amount % 4294967296, p.put(memo), out);

    if (status !== 0) throw new RangeError('no code can be made of this: rule ' + status);
    return p.text(out);
  }

  // {side, dark(x, y)}, without the quiet zone.
  function qr(payload) {
    const p = pen(exports);
    const text = p.put(payload);
    const out = p.room(0);
    const side = exports.draw(text, out);

    if (side === 0) throw new RangeError('too long for a code');
    const modules = p.bytes.slice(out, out + side * side);
    return { side, dark: (x, y) => modules[y * side + x] === 1 };
  }

  // An <svg> element to put into the page; `label` is read to who cannot see it.
  function picture(payload, label) {
    const code = qr(payload);
    const size = code.side + 2 * QUIET;
    const svg = document.createElementNS(SVG, 'svg');
    const ground = document.createElementNS(SVG, 'rect');
    const ink = document.createElementNS(SVG, 'path');
    let d = '';

    for (let y = 0; y < code.side; y++)
      for (let x = 0; x < code.side; x++) {
        let run = 0;

        while (x + run < code.side && code.dark(x + run, y)) run++;
        if (run) d += 'M' + (x + QUIET) + ' ' + (y + QUIET) + 'h' + run + 'v1h-' + run + 'z';
        x += run;
      }
    svg.setAttribute('viewBox', '0 0 ' + size + ' ' + size);
    svg.setAttribute('width', '300');
    svg.setAttribute('height', '300');
    svg.setAttribute('shape-rendering', 'crispEdges');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    ground.setAttribute('width', size);
    ground.setAttribute('height', size);
    ground.setAttribute('fill', '#fff');
    ink.setAttribute('d', d);
    svg.append(ground, ink);
    return svg;
  }

  return { mintReference, encode, qr, picture };
}

// Loads it the first time; a phone whose browser cannot run it gets a rejection.
export function codec() {
  if (!loading) {
    loading = fetch(WASM)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error('no codec'))))
      .then((bytes) => WebAssembly.instantiate(bytes, {}))
      .then((made) => functions(made.instance.exports));
    loading.catch(() => { loading = null; }); // another try may find the network
  }
  return loading;
}

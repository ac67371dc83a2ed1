// The line to the clinic's server, by timed requests. What could not be measured is null, never a guess.
const LIMIT = 6000; // ms for each direction
const PINGS = 6;
const CHUNKS = [65536, 262144, 720896]; // together a megabyte; the last that got through in time counts

const kbps = (bytes, ms) => Math.round((bytes * 8) / Math.max(ms, 1));
const plain = (limit) => ({ cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(limit) });

async function roundTrip(url) {
  const times = [];
  for (let count = 0; count <= PINGS; count += 1) {
    const began = performance.now();
    const answer = await fetch(url, plain(LIMIT));
    if (!answer.ok) return null;
    times.push(performance.now() - began);
  }
  const [, ...warm] = times; // the first one also opens the connection
  return Math.round(warm.sort((a, b) => a - b)[Math.floor(PINGS / 2)]);
}

async function download(url) {
  const answer = await fetch(url, plain(LIMIT));
  if (!answer.ok || !answer.body) return null;
  const reader = answer.body.getReader();
  const began = performance.now();
  let bytes = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
  } catch (error) {
    if (error.name !== "TimeoutError") return null; // after the time is up what came so far counts
  }
  return bytes ? kbps(bytes, performance.now() - began) : null;
}

async function upload(url, token) {
  const end = performance.now() + LIMIT;
  let best = null;
  for (const size of CHUNKS) {
    const began = performance.now();
    if (end - began < 200) break;
    try {
      const answer = await fetch(url, { ...plain(end - began), method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream" }, body: noise(size) });
      if (!answer.ok) return best;
    } catch (error) {
      // Not even the first chunk in six seconds: the line is below what that would have needed.
      if (error.name === "TimeoutError" && best === null) return kbps(size, LIMIT);
      return best;
    }
    best = Math.max(best ?? 0, kbps(size, performance.now() - began));
  }
  return best;
}

function noise(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

const orNull = (measuring) => measuring.catch(() => null);

// {rtt_ms, up_kbps, down_kbps}; one after the other, since they would slow each other down.
export async function measure({ ping, down, up, token }) {
  const rtt_ms = await orNull(roundTrip(ping));
  const down_kbps = await orNull(download(down));
  const up_kbps = await orNull(upload(up, token));
  return { rtt_ms, up_kbps, down_kbps };
}

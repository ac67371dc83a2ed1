// Opening a camera or microphone, and what went wrong as one word.
const WRONG = { NotAllowedError: "blocked", SecurityError: "blocked", NotFoundError: "none", OverconstrainedError: "none" };

// `kind` is "video" or "audio". Answers {stream} or {wrong: "blocked" | "none" | "busy"}.
export async function open(kind, deviceId = "") {
  const wish = deviceId ? { deviceId: { exact: deviceId } } : kind === "video" ? { facingMode: "user" } : true;
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ [kind]: wish }) };
  } catch (error) {
    return { wrong: WRONG[error.name] ?? "busy" };
  }
}

export const close = (stream) => stream?.getTracks().forEach((track) => track.stop());

// Fills the list with the devices of a kind, and shows it where there is something to choose. Their names stay here.
export async function offer(list, kind, stream) {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === `${kind}input` && each.deviceId);
  const current = stream.getTracks()[0].getSettings().deviceId;
  list.replaceChildren(...devices.map((each, at) => new Option(each.label || `${at + 1}`, each.deviceId, false, each.deviceId === current)));
  list.closest("[data-choice]").hidden = devices.length < 2;
}

// Which browser on which system, as far as help differs. Nothing here names a device.
const IN_APP = /FBAN|FBAV|FB_IAB|Instagram|Line\/|LinkedInApp|Snapchat|BytedanceWebview|musical_ly|Twitter|Pinterest|MicroMessenger|GSA\/|; wv\)/;
const BROWSERS = [["edge", /Edg/], ["samsung", /SamsungBrowser/], ["firefox", /Firefox|FxiOS/], ["chrome", /Chrome|CriOS/], ["safari", /Safari/]];

function systemOf(agent, touchPoints) {
  if (/Android/i.test(agent)) return "android";
  // An iPad calls itself a Mac; no Mac has a touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)) return "ios";
  if (/Macintosh/.test(agent)) return "mac";
  if (/Windows/.test(agent)) return "windows";
  return /Linux|CrOS/.test(agent) ? "linux" : "other";
}

function helpFor(browser, system) {
  if (system === "ios") return [browser === "safari" ? "ios-safari" : "ios-app"];
  if (system === "android") return [browser === "firefox" ? "android-firefox" : "android"];
  const site = { chrome: "chrome", edge: "chrome", firefox: "firefox", safari: "safari" }[browser] ?? "other";
  return [site, system];
}

export function describe(agent, touchPoints) {
  const system = systemOf(agent, touchPoints);
  const inApp = IN_APP.test(agent) || (system === "ios" && !/Safari\//.test(agent));
  const browser = inApp ? "in_app" : (BROWSERS.find(([, pattern]) => pattern.test(agent))?.[0] ?? "other");
  return { browser, system, inApp, help: helpFor(browser, system) };
}

export const canCall = () => Boolean(window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia);

// How loud the microphone is, and a tone for the speaker.
const AUDIBLE = 0.015; // of full scale; a quiet room stays below a third of it
const Context = window.AudioContext ?? window.webkitAudioContext;

// Calls onLevel(0..1) until stopped; `heard` comes true once the voice was loud enough for a moment, false after the limit.
export function listen(stream, onLevel, limit) {
  const context = new Context();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  context.resume();
  const wave = new Float32Array(analyser.fftSize);
  let loud = 0, timer;
  const stop = () => { clearInterval(timer); if (context.state !== "closed") context.close(); };
  const heard = new Promise((resolve) => {
    const began = performance.now();
    timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const level = Math.sqrt(wave.reduce((sum, each) => sum + each * each, 0) / wave.length);
      onLevel(Math.min(1, level * 6));
      if (level > AUDIBLE) loud += 1;
      if (loud >= 4) resolve(true);
      else if (performance.now() - began > limit) resolve(false);
    }, 60);
  });
  return { heard, stop };
}

// Three soft notes, a second and a half in all.
export async function tone() {
  const context = new Context();
  await context.resume();
  [523, 659, 784].forEach((pitch, at) => {
    const begin = context.currentTime + at * 0.45;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(0.35, begin + 0.05);
    gain.gain.linearRampToValueAtTime(0, begin + 0.42);
    const note = new OscillatorNode(context, { frequency: pitch });
    note.connect(gain).connect(context.destination);
    note.start(begin);
    note.stop(begin + 0.45);
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  context.close();
}

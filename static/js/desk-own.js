// One's own acts on visits: what they move needs no asking.
const ACT = /\/desk\/visits\/([^/]+)\/[\w-]+\/$/;
const FOR = 5000; // the socket speaks at most once a second
const until = new Map();

export const isOwn = (id) => until.get(id) > Date.now();
export const noteOwn = (ids) => { for (const id of ids) until.set(id, Date.now() + FOR); };

export const visitOf = (url) => url.match(ACT)?.[1];

const actedOn = ({ requestConfig: { verb, path } }) => (verb === "post" ? visitOf(path) : undefined);

// Calls back with the visit, and whether it was done elsewhere than in the drawer, which answers by itself.
export function onOwnAct(callback) {
  document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (actedOn(detail)) noteOwn([actedOn(detail)]); });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const id = actedOn(detail);
    if (!id) return;
    noteOwn([id]);
    callback(id, detail.target?.id !== "drawer");
  });
}

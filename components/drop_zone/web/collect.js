/* Files and folders that a person drops or chooses → a list of File handles. A handle is a reference to the
 * disk, not the bytes: thousands of them take no memory to speak of. */
const PHOTO_ENDING = /\.(jpe?g|png|tiff?|webp)$/i;
const LEFT_OUT = /(^|\/)(\.|__MACOSX|Thumbs\.db$|desktop\.ini$)/i; // what systems leave in folders

const readEntries = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
const fileOf = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });

/** All files under an entry, depth first. `readEntries` gives at most 100 at a time, so it is called until empty. */
async function* walk(entry, path = "") {
  if (entry.isFile) {
    yield { file: await fileOf(entry), path: path + entry.name, fromFolder: path !== "" };
    return;
  }
  const reader = entry.createReader();
  for (let entries = await readEntries(reader); entries.length > 0; entries = await readEntries(reader)) {
    for (const child of entries) yield* walk(child, `${path}${entry.name}/`);
  }
}

/** Dropped items. Entries have to be taken before the first await: the browser empties the list after the event. */
function droppedFiles(dataTransfer) {
  const items = [...dataTransfer.items].filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return (async function* all() {
    for (const { entry, file } of items) {
      if (entry) yield* walk(entry);
      else if (file) yield { file, path: file.name, fromFolder: false }; // dragged from a program, not from a disk
    }
  }());
}

async function* chosenFiles(fileList) {
  for (const file of fileList) {
    yield { file, path: file.webkitRelativePath || file.name, fromFolder: Boolean(file.webkitRelativePath) };
  }
}

/** Keep photos; a file that was chosen by itself is always kept, so that its reason for failing gets shown. */
async function collect(files, onFound) {
  const kept = [];
  let skipped = 0;
  for await (const { file, path, fromFolder } of files) {
    if (fromFolder && (LEFT_OUT.test(path) || !PHOTO_ENDING.test(path))) skipped += 1;
    else kept.push({ file, path });
    onFound(kept.length);
  }
  return { kept, skipped };
}

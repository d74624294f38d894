const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// Imported before everything else: what follows would fail on an older Node with a less helpful sentence.
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(
    `This needs Node 22.12 or newer and was started on ${process.versions.node}. ` +
      'Start it with npm, which brings its own: npm start.',
  );
  process.exit(1);
}

// Loaded into what a launcher runs, before its own code: when the launcher is killed, this stops too,
// instead of keeping a port or a terminal. What it runs in turn inherits the flag, but not the launcher.
if (process.connected && process.env.LAUNCHER_PID === String(process.ppid)) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 10_000).unref();
  });
  process.channel?.unref();
}

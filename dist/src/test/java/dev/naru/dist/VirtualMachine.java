package dev.naru.dist;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A machine of its own with nothing but control groups version 2, in which the distribution's engine runs; the command
 * line talks to it from here. It needs neither KVM nor anything of the host's kernel.
 */
final class VirtualMachine implements AutoCloseable {
    private static final Path DIST = Path.of(System.getProperty("naru.dist"));
    /** It ends then, whatever became of the test. */
    private static final int LIFE_SECONDS = 900;

    private static final int START_SECONDS = 300;
    /** Modules first; then the disk becomes the root, for pivot_root(2) needs another than the initial one. */
    private static final String INIT = """
            #!/bin/busybox sh
            for module in /modules/*; do /bin/busybox insmod "$module"; done
            /bin/busybox mount -t devtmpfs dev /dev
            /bin/busybox mount -t ext4 -o prjquota /dev/vda /disk
            exec /bin/busybox switch_root /disk /bin/sh /start
            """;
    /** The engine is in a group of its own, as with an init system, and comes back when it is killed. */
    private static final String START = """
            export PATH=/bin HOME=/root
            umask 022
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            mount -t devtmpfs dev /dev
            mkdir -p /dev/pts /dev/shm
            mount -t devpts devpts /dev/pts
            mount -t tmpfs tmpfs /run
            mount -t cgroup2 cgroup2 /sys/fs/cgroup
            mkdir /sys/fs/cgroup/service
            echo $$ > /sys/fs/cgroup/service/cgroup.procs
            sh -c 'while :; do while read -r line; do eval "$line"; done < /dev/ttyS1; done' > /dev/console 2>&1 &
            ip link set lo up
            ip addr add 10.0.2.15/24 dev eth0
            ip link set eth0 up
            ip route add default via 10.0.2.2
            while :; do
              /naru/bin/narud -H tcp://0.0.0.0:2375 --bridge naru0 --bip 10.253.9.1/24
              sleep 1
            done
            """;

    /** What it does and waits for: processes, where they are in the kernel, and all threads of the engine's Java. */
    private static final String EXPLAIN = "ps; for p in /proc/[0-9]*; do echo $p $(cat $p/comm $p/wchan); done;"
            + " ls /sys/fs/cgroup/naru0; cat /proc/net/tcp /proc/net/unix; p=$(pidof java);"
            + " touch /.attach_pid$p; kill -3 $p; sleep 5; /naru/runtime/bin/java -cp /explain dev.naru.dist.ThreadDump $p;"
            + " rm /.attach_pid$p; kill -3 $p; sleep 3; echo explained\n";

    private static final int EXPLAIN_SECONDS = 60;

    private final Path directory;
    private final String host;
    private final Process process;

    VirtualMachine() throws IOException, InterruptedException {
        Path qemu = needed("qemu-system-x86_64", "qemu-system-x86");
        needed("mke2fs", "e2fsprogs");
        GuestKernel kernel = GuestKernel.in(DIST.resolveSibling("guest-kernel"));
        directory = Files.createTempDirectory(Path.of("/var/tmp"), "naru-vm");
        int port = freePort();
        host = "tcp://127.0.0.1:" + port;
        try {
            disks();
            initialRoot(kernel);
            process = boot(qemu, kernel, port);
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            HostCommand.run(List.of("rm", "-rf", directory.toString()));
            throw e;
        }
        try {
            awaitEngine();
            importBusybox();
        } catch (IOException | InterruptedException | AssertionError e) {
            close();
            throw e;
        }
    }

    /** What the command line does against the machine's engine. */
    HostCommand.Outcome naru(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(DIST.resolve("bin/naru").toString(), "-H", host));
        command.addAll(List.of(words));
        try {
            return HostCommand.run(command);
        } catch (AssertionError hangs) {
            throw new AssertionError(hangs.getMessage() + "\nThe machine's console:\n" + explain(), hangs);
        }
    }

    /** What the machine says about itself when it hangs. */
    private String explain() throws IOException, InterruptedException {
        try (SocketChannel line = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("line")))) {
            line.write(ByteBuffer.wrap(EXPLAIN.getBytes(StandardCharsets.US_ASCII)));
            for (int i = 0; i < EXPLAIN_SECONDS && !console().contains("explained"); i++) {
                Thread.sleep(1000);
            }
        }
        return console();
    }

    /** What it printed; anything but exit code 0 is a failure. */
    String out(String... words) throws IOException, InterruptedException {
        HostCommand.Outcome outcome = naru(words);
        if (outcome.code() != 0) {
            throw new AssertionError("naru " + String.join(" ", words) + ": " + outcome);
        }
        return outcome.text();
    }

    void awaitEngine() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (naru("version").code() != 0) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("the machine's engine does not answer: "
                        + (process.isAlive() ? explain() : "the machine has ended\n" + console()));
            }
            Thread.sleep(200);
        }
    }

    String console() throws IOException {
        Path console = directory.resolve("console");
        return Files.exists(console) ? Files.readString(console) : "";
    }

    private static Path needed(String program, String debianPackage) {
        return HostCommand.find(program)
                .orElseThrow(() -> new AssertionError("The tests of control groups version 2 need " + program
                        + ": apt-get install --no-install-recommends " + debianPackage));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void disks() throws IOException, InterruptedException {
        Path root = directory.resolve("root");
        for (String name : List.of("bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "var/lib", "var/run")) {
            Files.createDirectories(root.resolve(name));
        }
        HostCommand.text("cp", "/bin/busybox", root.resolve("bin/busybox").toString());
        HostCommand.text("chroot", root.toString(), "/bin/busybox", "--install", "-s", "/bin");
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
        HostCommand.text("tar", "-C", root.toString(), "-cf", image().toString(), ".");
        Files.writeString(root.resolve("start"), START);
        HostCommand.text("cp", "-a", DIST.toString(), root.resolve("naru").toString());
        threadDump(root.resolve("explain"));
        for (String library : libraries()) {
            Path copy = root.resolve(library.substring(1));
            Files.createDirectories(copy.getParent());
            HostCommand.text("cp", "-L", library, copy.toString());
        }
        HostCommand.text(
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-O",
                "^has_journal,quota,project",
                "-E",
                "quotatype=prjquota",
                "-d",
                root.toString(),
                directory.resolve("disk").toString(),
                "1500M");
        HostCommand.text("truncate", "-s", "64M", directory.resolve("second").toString());
        HostCommand.text("rm", "-r", root.toString());
    }

    private static void threadDump(Path classPath) throws IOException {
        String name = ThreadDump.class.getName().replace('.', '/') + ".class";
        Path copy = classPath.resolve(name);
        Files.createDirectories(copy.getParent());
        try (InputStream program = ThreadDump.class.getClassLoader().getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(program, name), copy);
        }
    }

    private Path image() {
        return directory.resolve("busybox.tar");
    }

    /** What the Java runtime, the engine's native parts and the firewall's library link to. */
    private static List<String> libraries() throws IOException, InterruptedException {
        String command = "{ find " + DIST + "/runtime/lib " + DIST + "/lib -name '*.so*' -exec ldd {} + ; ldd " + DIST
                + "/runtime/bin/java; ldconfig -p | grep -F libnftables.so.1;"
                + " ldconfig -p | sed -n 's/.*libnftables.so.1 .*=> //p' | xargs -r -n 1 ldd; }"
                + " | grep -o '/[^ ]*lib[^ ]*' | grep -v -F " + DIST + " | grep -v ':$' | sort -u";
        return HostCommand.text("sh", "-c", command).lines().toList();
    }

    private void initialRoot(GuestKernel kernel) throws IOException, InterruptedException {
        Path root = directory.resolve("initial");
        for (String name : List.of("bin", "dev", "disk", "modules")) {
            Files.createDirectories(root.resolve(name));
        }
        HostCommand.text("cp", "/bin/busybox", root.resolve("bin/busybox").toString());
        int number = 100;
        for (Path module : kernel.modules()) {
            Files.copy(module, root.resolve("modules/" + number++ + module.getFileName()));
        }
        Path init = Files.writeString(root.resolve("init"), INIT);
        Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
        HostCommand.text(
                "sh", "-c", "cd " + root + " && find . | /bin/busybox cpio -o -H newc | gzip -1 > " + initrd());
    }

    private Path initrd() {
        return directory.resolve("initrd");
    }

    private Process boot(Path qemu, GuestKernel kernel, int port) throws IOException {
        String shared = ",if=virtio,format=raw,cache=unsafe";
        return new ProcessBuilder(
                        "timeout",
                        "-k",
                        "5",
                        Integer.toString(LIFE_SECONDS),
                        qemu.toString(),
                        "-accel",
                        "tcg,thread=multi,tb-size=256",
                        "-cpu",
                        "max",
                        "-smp",
                        "2",
                        "-m",
                        "1536",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-no-reboot",
                        "-serial",
                        "file:" + directory.resolve("console"),
                        "-serial",
                        "unix:" + directory.resolve("line") + ",server=on,wait=off",
                        "-netdev",
                        "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:2375",
                        "-device",
                        "virtio-net-pci,netdev=net,romfile=",
                        "-drive",
                        "file=" + directory.resolve("disk") + shared,
                        "-drive",
                        "file=" + directory.resolve("second") + shared,
                        "-kernel",
                        kernel.image().toString(),
                        "-initrd",
                        initrd().toString(),
                        "-append",
                        // On a busy host the emulated timer comes late, and a kernel that checks it would give up.
                        "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check rdinit=/init")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("emulator").toFile())
                .start();
    }

    private void importBusybox() throws IOException, InterruptedException {
        out("import", "-c", "CMD [\"sh\"]", "-c", "ENV PATH=/bin", image().toString(), "busybox:latest");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        // timeout(1) passes the signal on.
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        HostCommand.run(List.of("rm", "-rf", directory.toString()));
    }
}

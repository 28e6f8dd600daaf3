package dev.naru.network;

import dev.naru.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A resolver of its own, with containers that are sleeping processes; {@link #close} leaves nothing. */
final class NameLab implements AutoCloseable {
    final Path directory;
    Resolver resolver;
    private final KernelSandboxes sandboxes = new KernelSandboxes(new NoInterfaceDriver(), 0);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    NameLab() throws IOException {
        directory = Files.createTempDirectory("naru-names");
        resolver = open();
    }

    Resolver open() {
        return new Resolver(SideProgram.extracted(directory.resolve("libexec"), SideProgram.RESOLVER), directory);
    }

    /** What is left when an engine dies: the process, without a connection. */
    void loseEngine() {
        resolver.close();
        resolver = open();
    }

    /** A container that asks, and what it asks with. */
    final class Container implements AutoCloseable {
        final Process process;
        final NetworkSandbox sandbox;
        final NetworkNamespace namespace;

        Container() throws Exception {
            process = new ProcessBuilder("unshare", "-n", "sleep", "600").start();
            Path namespaceOf = Path.of("/proc/" + process.pid() + "/ns/net");
            while (Files.readSymbolicLink(namespaceOf).equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")))) {
                Thread.sleep(5);
            }
            sandbox = sandboxes.madeBy((int) process.pid());
            namespace = ((KernelSandbox) sandbox).namespace();
            opened.push(this);
        }

        String id() {
            return "c" + process.pid();
        }

        ResolverClient client(List<InetSocketAddress> servers, String... networks) {
            return new ResolverClient(
                    id(), (int) process.pid(), List.of(networks), servers, !servers.isEmpty(), Map.of(), Map.of());
        }

        Container served(List<InetSocketAddress> servers, String... networks) {
            resolver.serve(client(servers, networks), sandbox);
            return this;
        }

        NameQuery.Reply ask(String name) throws IOException {
            return new NameQuery(name, NameQuery.A).ask(namespace);
        }

        /** Asks until an answer comes. A port that nobody serves refuses at once, so there is a pause. */
        NameQuery.Reply insist(String name) throws Exception {
            NameQuery.Reply reply = new NameQuery(name, NameQuery.A).ask(namespace, 200);
            for (int i = 0; i < 300 && reply.code() < 0; i++) {
                Thread.sleep(20);
                reply = new NameQuery(name, NameQuery.A).ask(namespace, 200);
            }
            return reply;
        }

        void end() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() throws Exception {
            end();
            sandbox.close();
        }
    }

    /** A server on the host's loopback that answers each question with this address, or with silence. */
    final class Server implements AutoCloseable {
        final AtomicInteger asked = new AtomicInteger();
        private final DatagramChannel channel;
        private final boolean silent;
        private final UnaryOperator<byte[]> change;

        Server(boolean silent) throws IOException {
            this(silent, answer -> answer);
        }

        /** One that says something else than it should. */
        Server(UnaryOperator<byte[]> change) throws IOException {
            this(false, change);
        }

        private Server(boolean silent, UnaryOperator<byte[]> change) throws IOException {
            this.silent = silent;
            this.change = change;
            channel = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            opened.push(this);
            Thread.ofVirtual().start(this::answer);
        }

        InetSocketAddress address() throws IOException {
            return (InetSocketAddress) channel.getLocalAddress();
        }

        private void answer() {
            ByteBuffer in = ByteBuffer.allocate(4096);
            try {
                while (true) {
                    SocketAddress from = channel.receive(in.clear());
                    asked.incrementAndGet();
                    if (!silent) {
                        byte[] answer = reply(Arrays.copyOf(in.array(), in.position()));
                        channel.send(ByteBuffer.wrap(change.apply(answer)), from);
                    }
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        private static byte[] reply(byte[] question) {
            byte[] tail = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 9, 9, 9, 9};
            byte[] answer = Arrays.copyOf(question, question.length + tail.length);
            System.arraycopy(tail, 0, answer, question.length, tail.length);
            answer[2] = (byte) 0x81;
            answer[3] = (byte) 0x80;
            answer[7] = 1;
            return answer;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    void name(String network, Container container, String address, String... names) {
        try {
            resolver.announce(new NamedEndpoint(
                    network,
                    container.id(),
                    List.of(names),
                    names[0] + "." + network,
                    List.of(InetAddress.getByName(address))));
            resolver.settle();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Optional<ProcessHandle> process() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(this::isResolver)
                    .findFirst()
                    .flatMap(path ->
                            ProcessHandle.of(Long.parseLong(path.getFileName().toString())));
        }
    }

    private boolean isResolver(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return line.contains("naru-resolver\0" + directory + "\0");
        } catch (IOException ended) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        resolver.close();
        var left = process();
        if (left.isPresent()) {
            left.get().destroyForcibly();
            left.get().onExit().join();
        }
        sandboxes.close();
        Files.deleteIfExists(directory.resolve("resolver.sock"));
        Files.deleteIfExists(directory.resolve("libexec/naru-resolver"));
        Files.deleteIfExists(directory.resolve("libexec"));
        Files.delete(directory);
    }
}

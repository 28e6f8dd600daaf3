package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import dev.naru.network.Attachment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes the files that are bound over a container's {@code /etc/hosts}, {@code hostname} and {@code resolv.conf}. */
final class NetworkFiles {
    private static final String STANDARD = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private final EngineConfig engine;
    private final ContainerPaths paths;
    private final ContainerRegistry containers;

    NetworkFiles(EngineConfig engine, ContainerPaths paths, ContainerRegistry containers) {
        this.engine = requireNonNull(engine, "engine");
        this.paths = requireNonNull(paths, "paths");
        this.containers = requireNonNull(containers, "containers");
    }

    /**
     * Writes a container's files for the connections that it has now.
     *
     * @param owners its root owns them
     */
    void write(ContainerRecord container, List<Attachment> attachments, OwnerMap owners) {
        boolean shared = NamespaceMode.network(container.hostConfig().networkMode()) instanceof NamespaceMode.Host;
        String id = container.id();
        try {
            write(paths.hosts(id), hosts(container, attachments, shared), owners);
            write(paths.hostname(id), Values.text(container.config().hostname()) + "\n", owners);
            write(paths.resolvConf(id), servers(container, shared).text(), owners);
        } catch (IOException e) {
            throw NaruException.because(
                    ErrorKind.UNAVAILABLE, "cannot write the network files of container " + container.name(), e);
        }
    }

    /** Truncating a file that has the right content already would cost a write to the disk. */
    private static void write(Path file, String content, OwnerMap owners) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            Files.write(file, bytes);
        }
        try (FileCalls calls = new FileCalls()) {
            long user = owners.userOutside(0);
            String name = FileCalls.bytes(file.toString());
            if (calls.status(Descriptor.CWD, name)
                    .filter(is -> is.uid() == user)
                    .isEmpty()) {
                calls.chown(Descriptor.CWD, name, user, owners.groupOutside(0));
            }
        }
    }

    private NameServers servers(ContainerRecord container, boolean shared) {
        if (ContainerResolver.serves(container)) {
            return NameServers.asWritten().with(container.hostConfig(), engine).byResolver();
        }
        NameServers host = NameServers.ofHost();
        boolean asked = NameServers.configured(container.hostConfig(), engine);
        return (shared || asked ? host : host.reachable()).with(container.hostConfig(), engine);
    }

    private String hosts(ContainerRecord container, List<Attachment> attachments, boolean shared) throws IOException {
        var text = new StringBuilder(shared ? ofHost() : STANDARD);
        for (String extra : Values.list(container.hostConfig().extraHosts())) {
            int colon = extra.indexOf(':');
            String address = extra.substring(colon + 1);
            line(text, address.equals("host-gateway") ? gateway(attachments) : address, extra.substring(0, colon));
        }
        // Elsewhere the resolver has them, and follows their containers.
        if (!ContainerResolver.serves(container)) {
            for (String link : Values.list(container.hostConfig().links())) {
                linked(text, Link.parse(link));
            }
        }
        for (Attachment attachment : attachments) {
            own(text, attachment.address(), container);
            own(text, attachment.address6(), container);
        }
        return text.toString();
    }

    /** Adds the container's name by a connection made while it runs. Programs may have changed the file meanwhile. */
    void add(ContainerRecord before, ContainerRecord container, Attachment attachment) {
        edit(paths.hosts(container.id()), container, text -> text + lines(container, attachment));
        ask(before, container);
    }

    /** Takes the container's name by a connection out. */
    void remove(ContainerRecord before, ContainerRecord container, Attachment attachment) {
        edit(paths.hosts(container.id()), container, text -> text.replace(lines(container, attachment), ""));
        ask(before, container);
    }

    /** The first network with names, or the last one's end, changes whom the container asks; a file of its own stays. */
    private void ask(ContainerRecord before, ContainerRecord container) {
        if (ContainerResolver.serves(before) == ContainerResolver.serves(container)) {
            return;
        }
        edit(
                paths.resolvConf(container.id()),
                container,
                text -> text.startsWith(NameServers.HEADER)
                        ? servers(container, false).text()
                        : text);
    }

    private static String lines(ContainerRecord container, Attachment attachment) {
        var lines = new StringBuilder();
        own(lines, attachment.address(), container);
        own(lines, attachment.address6(), container);
        return lines.toString();
    }

    /**
     * In place, because the file is bound into the container, and without emptying it first: whoever reads meanwhile
     * sees no empty file, and the disk has less to do.
     */
    private void edit(Path file, ContainerRecord container, UnaryOperator<String> change) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] before = new byte[Math.toIntExact(channel.size())];
            int size = Math.max(0, channel.read(ByteBuffer.wrap(before)));
            String text = new String(before, 0, size, StandardCharsets.UTF_8);
            String changed = change.apply(text);
            if (!changed.equals(text)) {
                byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
                channel.write(ByteBuffer.wrap(bytes), 0);
                channel.truncate(bytes.length);
            }
        } catch (NoSuchFileException none) {
            // A container with files of its own image.
            return;
        } catch (IOException e) {
            throw NaruException.because(
                    ErrorKind.UNAVAILABLE, "cannot write the network files of container " + container.name(), e);
        }
    }

    private static String ofHost() throws IOException {
        try {
            String text = Files.readString(Path.of("/etc/hosts"));
            return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
        } catch (NoSuchFileException none) {
            return STANDARD;
        }
    }

    private void linked(StringBuilder text, Link link) {
        containers.find(link.container()).ifPresent(other -> {
            String host = Values.text(other.record().config().hostname());
            String names = link.alias() + " " + host;
            if (!other.record().name().equals(link.alias())) {
                names += " " + other.record().name();
            }
            for (Attachment attachment : other.status().attachments()) {
                line(text, attachment.address(), names);
            }
        });
    }

    private static void own(StringBuilder text, String address, ContainerRecord container) {
        String host = Values.text(container.config().hostname());
        String domain = Values.text(container.config().domainname());
        line(text, address, domain.isEmpty() ? host : host + "." + domain + " " + host);
    }

    private static void line(StringBuilder text, String address, String names) {
        if (!address.isEmpty()) {
            text.append(address).append('\t').append(names).append('\n');
        }
    }

    /** The host as the container reaches it: the address of its bridge. */
    private String gateway(List<Attachment> attachments) throws IOException {
        for (Attachment attachment : attachments) {
            if (!attachment.gateway().isEmpty()) {
                return attachment.gateway();
            }
        }
        return HostGateway.of(engine.bridge())
                .orElseThrow(() -> new NaruException(
                        ErrorKind.INVALID,
                        "unable to derive the IP value for host-gateway",
                        "the container has no gateway and bridge " + engine.bridge() + " no address",
                        "give an address in place of host-gateway"));
    }
}

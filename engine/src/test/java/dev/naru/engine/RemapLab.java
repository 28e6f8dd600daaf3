package dev.naru.engine;

import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.HostConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** An engine that maps users, with containers of busybox; all is gone when it is closed. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class RemapLab implements AutoCloseable {
    /** The host's user behind the containers' root; its group is the next number. */
    static final int ROOT = 300_000;

    private final String bridge;
    Engine engine;

    RemapLab(Path directory, String bridge, boolean mapped) throws IOException {
        this.bridge = bridge;
        engine = Engine.open(config(directory, bridge, mapped ? accounts(directory) : null));
        BusyboxImage.load(engine);
    }

    private RemapLab(Engine engine, String bridge) {
        this.bridge = bridge;
        this.engine = engine;
    }

    /** An engine that is set up otherwise. */
    static RemapLab of(EngineConfig config) throws IOException {
        var lab = new RemapLab(Engine.open(config), config.bridge());
        BusyboxImage.load(lab.engine);
        return lab;
    }

    /** The engine of an earlier process, with the same accounts. */
    static RemapLab adopt(Path directory, String bridge) throws IOException {
        return new RemapLab(Engine.open(config(directory, bridge, accounts(directory))), bridge);
    }

    static EngineConfig config(Path directory, String bridge, Path accounts) {
        EngineConfigBuilder config = EngineConfig.builder(directory.resolve("data"))
                .bridge(bridge)
                .cdiDirectories(List.of(directory.resolve("cdi")));
        return accounts == null
                ? config.build()
                : config.usernsRemap("remap").accounts(accounts).build();
    }

    /** Account files with the user {@code remap}. */
    static Path accounts(Path directory) throws IOException {
        Path accounts = Files.createDirectories(directory.resolve("accounts"));
        Files.writeString(accounts.resolve("passwd"), "root:x:0:0::/:/bin/sh\nremap:x:990:990::/:/bin/false\n");
        Files.writeString(accounts.resolve("group"), "root:x:0:\nremap:x:990:\n");
        Files.writeString(accounts.resolve("subuid"), "remap:" + ROOT + ":65536\n");
        Files.writeString(accounts.resolve("subgid"), "remap:" + (ROOT + 1) + ":65536\n");
        return accounts;
    }

    ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }

    static ContainerCreateRequest busybox(UnaryOperator<HostConfigBuilder> host, String script) {
        return request(host, script).build();
    }

    static ContainerCreateRequestBuilder request(UnaryOperator<HostConfigBuilder> host, String script) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sh", "-c", script))
                .hostConfig(host.apply(HostConfigBuilder.builder()).build());
    }

    String create(ContainerCreateRequest request) {
        return engine.containers().create(null, null, request).id();
    }

    String started(UnaryOperator<HostConfigBuilder> host, String script) {
        String id = create(busybox(host, script));
        engine.containers().start(id, null);
        return id;
    }

    String ended(ContainerCreateRequest request) throws Exception {
        return ContainerOutput.ended(engine, request);
    }

    String output(UnaryOperator<HostConfigBuilder> host, String script) throws Exception {
        return logs(ended(busybox(host, script)));
    }

    String logs(String id) throws Exception {
        return ContainerOutput.logged(engine, id);
    }

    String exec(String id, String user, String... command) throws Exception {
        String exec = engine.execs()
                .create(
                        id,
                        ExecCreateRequestBuilder.builder()
                                .attachStdout(true)
                                .attachStderr(true)
                                .user(user)
                                .cmd(List.of(command))
                                .build());
        var output = new ByteArrayOutputStream();
        try (var session = engine.execs().start(exec, false, null)) {
            session.serve(new LifecycleTest.Ends(InputStream.nullInputStream(), output));
        }
        return ContainerOutput.unframed(output.toByteArray());
    }

    int pid(String id) {
        return table().get(id).status().pid();
    }

    /** The members of an archive with their owners, as {@code 7:8}. */
    static Map<String, String> owners(byte[] tar) {
        var owners = new TreeMap<String, String>();
        for (int at = 0; at + 512 <= tar.length && tar[at] != 0; ) {
            int size = octal(tar, at + 124, 12);
            if (tar[at + 156] != 'x') {
                String name = new String(tar, at, 100, StandardCharsets.UTF_8);
                owners.put(name.substring(0, name.indexOf(0)), octal(tar, at + 108, 8) + ":" + octal(tar, at + 116, 8));
            }
            at += 512 + (size + 511) / 512 * 512;
        }
        return owners;
    }

    private static int octal(byte[] tar, int at, int length) {
        String text = new String(tar, at, length, StandardCharsets.UTF_8)
                .replace("\0", "")
                .strip();
        return text.isEmpty() ? 0 : Integer.parseInt(text, 8);
    }

    byte[] copied(String id, String path) throws Exception {
        var tar = new ByteArrayOutputStream();
        try (var session = engine.containers().archive(id, path)) {
            session.writeTo(tar);
        }
        return tar.toByteArray();
    }

    byte[] exported(String id) {
        var tar = new ByteArrayOutputStream();
        engine.containers().export(id, tar);
        return tar.toByteArray();
    }

    @Override
    public void close() {
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(bridge);
    }
}

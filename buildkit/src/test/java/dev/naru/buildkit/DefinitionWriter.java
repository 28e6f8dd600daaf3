package dev.naru.buildkit;

import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Digest;
import java.util.ArrayList;
import java.util.List;

/** Writes definitions of the low-level language as its clients do. */
final class DefinitionWriter {
    private final List<byte[]> operations = new ArrayList<>();
    private final List<ProtoWriter> metadata = new ArrayList<>();

    /** An output of an operation. */
    record Edge(String digest, int index) {}

    private Edge add(ProtoWriter operation, List<Edge> inputs) {
        var all = new ProtoWriter();
        inputs.forEach(input ->
                all.message(1, new ProtoWriter().text(1, input.digest()).number(2, input.index())));
        byte[] bytes = concat(all.toBytes(), operation.toBytes());
        operations.add(bytes);
        return new Edge(Digest.of(bytes).toString(), 0);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    Edge source(String identifier) {
        return add(new ProtoWriter().message(3, new ProtoWriter().text(1, identifier)), List.of());
    }

    /** A shell's command on a root, which is its output; more mounts are given as they are. */
    Edge run(Edge root, String command, ProtoWriter... mounts) {
        var meta = new ProtoWriter()
                .texts(1, List.of("/bin/sh", "-c", command))
                .texts(2, List.of("PATH=/bin"))
                .text(3, "/");
        var execution = new ProtoWriter().message(1, meta).message(2, new ProtoWriter().text(3, "/"));
        for (ProtoWriter mount : mounts) {
            execution.message(2, mount);
        }
        return add(new ProtoWriter().message(2, execution), List.of(root));
    }

    static ProtoWriter cache(String target, String id) {
        return new ProtoWriter()
                .number(1, -1)
                .text(3, target)
                .number(4, -1)
                .number(6, 3)
                .message(20, new ProtoWriter().text(1, id));
    }

    /** Changes of files, which are given as they are. */
    Edge files(List<Edge> inputs, ProtoWriter... actions) {
        var files = new ProtoWriter();
        for (ProtoWriter action : actions) {
            files.message(2, action);
        }
        return add(new ProtoWriter().message(4, files), inputs);
    }

    static ProtoWriter makeFile(int base, int output, String path, String content) {
        return new ProtoWriter()
                .number(1, base)
                .number(2, -1)
                .number(3, output)
                .message(
                        5,
                        new ProtoWriter()
                                .text(1, path)
                                .number(2, 0644)
                                .bytes(3, content.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .number(5, -1));
    }

    static ProtoWriter copy(int base, int from, int output, String source, String target) {
        return new ProtoWriter()
                .number(1, base)
                .number(2, from)
                .number(3, output)
                .message(
                        4,
                        new ProtoWriter()
                                .text(1, source)
                                .text(2, target)
                                .number(4, -1)
                                .truth(8, true)
                                .number(11, -1));
    }

    Edge merge(Edge... inputs) {
        var merge = new ProtoWriter();
        for (int i = 0; i < inputs.length; i++) {
            merge.message(1, new ProtoWriter().number(1, i));
        }
        return add(new ProtoWriter().message(6, merge), List.of(inputs));
    }

    Edge difference(Edge lower, Edge upper) {
        var difference = new ProtoWriter().message(1, new ProtoWriter()).message(2, new ProtoWriter().number(1, 1));
        return add(new ProtoWriter().message(7, difference), List.of(lower, upper));
    }

    /** The graph that a file of a tree holds. */
    Edge build(Edge tree, String path) {
        var from = new ProtoWriter().text(1, "buildkit.llb.definition").message(2, new ProtoWriter());
        var build = new ProtoWriter()
                .number(1, -1)
                .message(2, from)
                .message(4, new ProtoWriter().text(1, "llbbuild.filename").text(2, path));
        return add(new ProtoWriter().message(5, build), List.of(tree));
    }

    void name(Edge edge, String name) {
        var description = new ProtoWriter().text(1, "llb.customname").text(2, name);
        metadata.add(new ProtoWriter().text(1, edge.digest()).message(2, new ProtoWriter().message(2, description)));
    }

    /** The definition of an edge. */
    ProtoWriter definition(Edge result) {
        var definition = new ProtoWriter();
        operations.forEach(each -> definition.element(1, each));
        var last = new ProtoWriter()
                .message(1, new ProtoWriter().text(1, result.digest()).number(2, result.index()));
        definition.element(1, last.toBytes());
        metadata.forEach(each -> definition.message(2, each));
        return definition;
    }
}

package dev.naru.buildkit;

import dev.naru.build.BuildMount;
import dev.naru.build.Execution;
import dev.naru.build.FailedStep;
import dev.naru.build.Operation;
import dev.naru.build.Vertex;
import dev.naru.grpc.GrpcException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A failed execution as its client may look into it: what it began with, and what it has left (errdefs.Solve). */
final class FailedSolve {
    private static final String TYPE = "github.com/moby/buildkit/errdefs.Solve+json";

    private FailedSolve() {}

    /** Its trees can be named from now on. */
    static GrpcException.Detail of(Build build, FailedStep failed) {
        Vertex vertex = failed.vertex();
        List<String> begun = new ArrayList<>();
        List<String> left = new ArrayList<>();
        List<String> mounts = new ArrayList<>();
        if (!(vertex.operation() instanceof Execution execution)) {
            throw new IllegalArgumentException(vertex.label().name());
        }
        for (int i = 0; i < execution.mounts().size(); i++) {
            BuildMount mount = execution.mounts().get(i);
            int input = input(mount);
            String before =
                    input == Operation.NONE ? "" : build.keep(vertex.inputs().get(input));
            String chain = failed.left().get(i);
            begun.add(before);
            left.add(chain == null ? before : build.keepLeft(chain));
            mounts.add(mount(mount, input));
        }
        String json = "{\"inputIDs\":" + list(begun) + ",\"mountIDs\":" + list(left) + ",\"op\":{\"exec\":{\"meta\":{"
                + "\"args\":" + list(execution.arguments()) + ",\"env\":" + list(execution.environment())
                + ",\"cwd\":" + JsonWords.quoted(execution.workingDirectory()) + ",\"user\":"
                + JsonWords.quoted(execution.user()) + "},\"mounts\":[" + String.join(",", mounts)
                + "],\"network\":" + network(execution) + "}}}";
        return new GrpcException.Detail(TYPE, json.getBytes(StandardCharsets.UTF_8));
    }

    private static int input(BuildMount mount) {
        return switch (mount) {
            case BuildMount.Bind bind -> bind.input();
            case BuildMount.Cache cache -> cache.input();
            case BuildMount.Tmpfs memory -> Operation.NONE;
            case BuildMount.Secret secret -> Operation.NONE;
            case BuildMount.Ssh agent -> Operation.NONE;
        };
    }

    private static int network(Execution execution) {
        return switch (execution.network()) {
            case DEFAULT -> 0;
            case HOST -> 1;
            case NONE -> 2;
        };
    }

    /** pb.Mount */
    private static String mount(BuildMount mount, int input) {
        String more =
                switch (mount) {
                    case BuildMount.Bind bind ->
                        ",\"selector\":" + JsonWords.quoted(bind.selector()) + ",\"output\":\"" + bind.output()
                                + "\",\"readonly\":" + bind.readOnly();
                    case BuildMount.Cache cache ->
                        ",\"selector\":" + JsonWords.quoted(cache.selector()) + ",\"readonly\":" + cache.readOnly()
                                + ",\"mountType\":3,\"cacheOpt\":{\"ID\":" + JsonWords.quoted(cache.id())
                                + ",\"sharing\":" + sharing(cache.sharing()) + "}";
                    case BuildMount.Tmpfs memory ->
                        ",\"mountType\":4,\"TmpfsOpt\":{\"size\":\"" + memory.size() + "\"}";
                    case BuildMount.Secret secret ->
                        ",\"mountType\":1,\"secretOpt\":"
                                + asset(secret.id(), secret.uid(), secret.gid(), secret.mode(), secret.optional());
                    case BuildMount.Ssh agent ->
                        ",\"mountType\":2,\"SSHOpt\":"
                                + asset(agent.id(), agent.uid(), agent.gid(), agent.mode(), agent.optional());
                };
        return "{\"input\":\"" + input + "\",\"dest\":" + JsonWords.quoted(mount.target()) + more + "}";
    }

    private static int sharing(BuildMount.Sharing sharing) {
        return switch (sharing) {
            case SHARED -> 0;
            case PRIVATE -> 1;
            case LOCKED -> 2;
        };
    }

    private static String asset(String id, int uid, int gid, int mode, boolean optional) {
        return "{\"ID\":" + JsonWords.quoted(id) + ",\"uid\":" + uid + ",\"gid\":" + gid + ",\"mode\":" + mode
                + ",\"optional\":" + optional + "}";
    }

    private static String list(List<String> texts) {
        return "[" + String.join(",", texts.stream().map(JsonWords::quoted).toList()) + "]";
    }
}

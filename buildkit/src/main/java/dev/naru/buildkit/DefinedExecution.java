package dev.naru.buildkit;

import dev.naru.build.BuildMount;
import dev.naru.build.Execution;
import dev.naru.build.Operation;
import dev.naru.grpc.ProtoWriter;
import java.util.List;
import java.util.TreeMap;

/** Writes executions (pb.ExecOp); {@link LowLevelExecution} reads them. */
final class DefinedExecution {
    /** In pb.Meta: bytes of shared memory. BuildKit has a mount for that; other readers pass it over. */
    static final int SHARED_MEMORY = 1000;

    private static final List<String> PROXIES =
            List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

    private DefinedExecution() {}

    static ProtoWriter write(Execution execution) {
        var operation = new ProtoWriter().message(1, meta(execution));
        execution.mounts().forEach(mount -> operation.message(2, mount(mount)));
        operation.number(
                3,
                switch (execution.network()) {
                    case DEFAULT -> 0;
                    case HOST -> 1;
                    case NONE -> 2;
                });
        operation.truth(4, execution.security() == Execution.Security.INSECURE);
        execution
                .secrets()
                .forEach(secret -> operation.message(
                        5,
                        new ProtoWriter()
                                .text(1, secret.id())
                                .text(2, secret.name())
                                .truth(3, secret.optional())));
        execution
                .devices()
                .forEach(device -> operation.message(
                        6, new ProtoWriter().text(1, device.name()).truth(2, device.optional())));
        return operation;
    }

    private static ProtoWriter meta(Execution execution) {
        var meta = new ProtoWriter()
                .texts(1, execution.arguments())
                .texts(2, execution.environment())
                .text(3, execution.workingDirectory())
                .text(4, execution.user());
        var proxies = new ProtoWriter();
        for (int i = 0; i < PROXIES.size(); i++) {
            String name = PROXIES.get(i) + "=";
            int field = i + 1;
            execution.proxies().stream()
                    .filter(each -> each.regionMatches(true, 0, name, 0, name.length()))
                    .findFirst()
                    .ifPresent(each -> proxies.text(field, each.substring(name.length())));
        }
        if (!execution.proxies().isEmpty()) {
            meta.message(5, proxies);
        }
        new TreeMap<>(execution.extraHosts())
                .forEach((host, address) ->
                        meta.message(6, new ProtoWriter().text(1, host).text(2, address)));
        meta.text(7, execution.hostname());
        execution
                .ulimits()
                .forEach(limit -> meta.message(
                        9,
                        new ProtoWriter()
                                .text(1, limit.name())
                                .number(2, limit.soft())
                                .number(3, limit.hard())));
        String parent = execution.resources().cgroupParent();
        meta.text(10, parent == null ? "" : parent);
        return meta.numbers(12, execution.validExitCodes())
                .number(SHARED_MEMORY, execution.resources().sharedMemory());
    }

    /** pb.LinuxResources, which stand beside the operation. */
    static ProtoWriter limits(Execution.Resources resources) {
        return new ProtoWriter()
                .number(1, resources.memory())
                .number(2, resources.memorySwap())
                .number(3, resources.cpuShares())
                .number(4, resources.cpuPeriod())
                .number(5, resources.cpuQuota())
                .text(6, resources.cpus())
                .text(7, resources.memoryNodes());
    }

    private static ProtoWriter mount(BuildMount mount) {
        return switch (mount) {
            case BuildMount.Bind bind ->
                at(bind.target(), bind.input(), bind.output())
                        .text(2, bind.selector())
                        .truth(5, bind.readOnly());
            case BuildMount.Secret secret ->
                at(secret.target(), Operation.NONE, Operation.NONE)
                        .number(6, 1)
                        .message(21, asset(secret.id(), secret.uid(), secret.gid(), secret.mode(), secret.optional()));
            case BuildMount.Ssh agent ->
                at(agent.target(), Operation.NONE, Operation.NONE)
                        .number(6, 2)
                        .message(22, asset(agent.id(), agent.uid(), agent.gid(), agent.mode(), agent.optional()));
            case BuildMount.Cache cache ->
                at(cache.target(), cache.input(), Operation.NONE)
                        .text(2, cache.selector())
                        .truth(5, cache.readOnly())
                        .number(6, 3)
                        .message(
                                20,
                                new ProtoWriter()
                                        .text(1, cache.id())
                                        .number(
                                                2,
                                                switch (cache.sharing()) {
                                                    case SHARED -> 0;
                                                    case PRIVATE -> 1;
                                                    case LOCKED -> 2;
                                                }));
            case BuildMount.Tmpfs tmpfs ->
                at(tmpfs.target(), Operation.NONE, Operation.NONE)
                        .number(6, 4)
                        .message(19, new ProtoWriter().number(1, tmpfs.size()));
        };
    }

    private static ProtoWriter at(String target, int input, int output) {
        return new ProtoWriter().number(1, input).text(3, target).number(4, output);
    }

    private static ProtoWriter asset(String id, int uid, int gid, int mode, boolean optional) {
        return new ProtoWriter()
                .text(1, id)
                .number(2, uid)
                .number(3, gid)
                .number(4, mode)
                .truth(5, optional);
    }
}

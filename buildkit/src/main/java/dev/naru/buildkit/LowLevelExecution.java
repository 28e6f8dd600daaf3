package dev.naru.buildkit;

import dev.naru.build.BuildMount;
import dev.naru.build.Execution;
import dev.naru.build.Operation;
import dev.naru.grpc.ProtoFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Executions of the low-level language (pb.ExecOp). */
final class LowLevelExecution {
    private static final List<String> PROXIES =
            List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

    private LowLevelExecution() {}

    /** @param limits pb.LinuxResources */
    static Execution read(ProtoFields operation, ProtoFields limits) throws IOException {
        ProtoFields meta = operation.message(1);
        if (meta.texts(1).isEmpty()) {
            throw LowLevelGraph.malformed("an execution without a command");
        }
        Map<String, String> hosts = new LinkedHashMap<>();
        meta.messages(6).forEach(host -> hosts.put(host.text(1), host.text(2)));
        return new Execution(
                meta.texts(1),
                meta.texts(2),
                proxies(meta.message(5), meta.texts(2)),
                meta.text(3).isEmpty() ? "/" : meta.text(3),
                meta.text(4),
                meta.text(7),
                hosts,
                operation.messages(2).stream()
                        .map(mount -> mount(mount, mount.integer(1), Math.max(Operation.NONE, mount.integer(4))))
                        .toList(),
                network(operation.integer(3)),
                operation.integer(4) == 1 ? Execution.Security.INSECURE : Execution.Security.SANDBOX,
                operation.messages(5).stream()
                        .map(secret -> new Execution.SecretVariable(secret.text(1), secret.text(2), secret.truth(3)))
                        .toList(),
                operation.messages(6).stream()
                        .map(device -> new Execution.Device(device.text(1), device.truth(2)))
                        .toList(),
                meta.messages(9).stream()
                        .map(limit -> new Execution.Ulimit(limit.text(1), limit.number(2), limit.number(3)))
                        .toList(),
                resources(meta, limits),
                meta.numbers(12).stream().map(Long::intValue).toList());
    }

    private static Execution.Resources resources(ProtoFields meta, ProtoFields limits) {
        return new Execution.Resources(
                limits.number(1),
                limits.number(2),
                limits.number(3),
                limits.number(4),
                limits.number(5),
                limits.text(6),
                limits.text(7),
                meta.text(10).isEmpty() ? null : meta.text(10),
                meta.number(DefinedExecution.SHARED_MEMORY));
    }

    static Execution.Network network(int mode) {
        return switch (mode) {
            case 1 -> Execution.Network.HOST;
            case 2 -> Execution.Network.NONE;
            default -> Execution.Network.DEFAULT;
        };
    }

    /** In both cases, for programs ask for either; what the environment has already stays. */
    private static List<String> proxies(ProtoFields given, List<String> environment) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < PROXIES.size(); i++) {
            String value = given.text(i + 1);
            for (String name : List.of(PROXIES.get(i), PROXIES.get(i).toLowerCase(Locale.ROOT))) {
                boolean known = environment.stream().anyMatch(each -> each.startsWith(name + "="));
                if (!value.isEmpty() && !known) {
                    all.add(name + "=" + value);
                }
            }
        }
        return all;
    }

    /** @param mount pb.Mount, whose input and output are told elsewhere */
    static BuildMount mount(ProtoFields mount, int input, int output) {
        String target = mount.text(3);
        String selector = mount.text(2).isEmpty() ? "/" : mount.text(2);
        return switch (mount.integer(6)) {
            case 0 -> new BuildMount.Bind(target, input, selector, mount.truth(5), output);
            case 1 -> {
                ProtoFields secret = mount.message(21);
                yield new BuildMount.Secret(
                        target,
                        secret.text(1),
                        secret.integer(2),
                        secret.integer(3),
                        secret.integer(4),
                        secret.truth(5));
            }
            case 2 -> {
                ProtoFields agent = mount.message(22);
                yield new BuildMount.Ssh(
                        target,
                        agent.text(1).isEmpty() ? "default" : agent.text(1),
                        agent.integer(2),
                        agent.integer(3),
                        agent.integer(4),
                        agent.truth(5));
            }
            case 3 ->
                new BuildMount.Cache(
                        target, mount.message(20).text(1), sharing(mount.message(20)), input, selector, mount.truth(5));
            case 4 -> new BuildMount.Tmpfs(target, mount.message(19).number(1));
            default -> throw LowLevelGraph.malformed("a mount of no known kind");
        };
    }

    private static BuildMount.Sharing sharing(ProtoFields cache) {
        return switch (cache.integer(2)) {
            case 1 -> BuildMount.Sharing.PRIVATE;
            case 2 -> BuildMount.Sharing.LOCKED;
            default -> BuildMount.Sharing.SHARED;
        };
    }
}

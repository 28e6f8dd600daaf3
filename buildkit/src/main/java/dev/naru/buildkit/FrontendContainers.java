package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildMount;
import dev.naru.build.ContainerOrder;
import dev.naru.build.Execution;
import dev.naru.build.Operation;
import dev.naru.build.StepRunner.Processes;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The containers that a frontend has made, by the ids that it gave them. They are gone when this is closed. */
final class FrontendContainers implements AutoCloseable {
    private static final int MOST = 32;
    private static final int RESULT = 23;

    private final Build build;
    private final Map<String, Processes> open = new HashMap<>();
    private boolean closed;

    FrontendContainers(Build build) {
        this.build = requireNonNull(build, "build");
    }

    /** @param request moby.buildkit.v1.frontend.NewContainerRequest */
    void make(ProtoFields request, RunningFrontend frontend) throws InterruptedException {
        String id = request.text(1);
        check(id);
        Processes made = build.work().container(order(request, frontend));
        synchronized (this) {
            if (!closed && !open.containsKey(id)) {
                open.put(id, made);
                return;
            }
        }
        made.close();
        check(id);
    }

    private synchronized void check(String id) {
        if (closed) {
            throw new GrpcException(GrpcStatus.CANCELLED, "the frontend has ended");
        }
        if (open.containsKey(id)) {
            throw new GrpcException(GrpcStatus.ALREADY_EXISTS, "container " + id + " already exists");
        }
        if (open.size() >= MOST) {
            throw new GrpcException(GrpcStatus.RESOURCE_EXHAUSTED, "a frontend has at most " + MOST + " containers");
        }
    }

    private ContainerOrder order(ProtoFields request, RunningFrontend frontend) {
        List<ContainerOrder.Shown> trees = new ArrayList<>();
        List<BuildMount> mounts = new ArrayList<>();
        for (ProtoFields mount : request.messages(2)) {
            int tree = Operation.NONE;
            if (!mount.text(RESULT).isEmpty()) {
                Build.SolvedTree shown = build.tree(frontend.known(mount.text(RESULT)));
                tree = shown.shown()
                        .map(each -> {
                            trees.add(each);
                            return trees.size() - 1;
                        })
                        .orElse(Operation.NONE);
            }
            mounts.add(LowLevelExecution.mount(mount, tree, Operation.NONE));
        }
        Map<String, String> hosts = new LinkedHashMap<>();
        request.messages(6).forEach(host -> hosts.put(host.text(1), host.text(2)));
        var execution = new Execution(
                List.of("-"),
                List.of(),
                "/",
                "",
                request.text(7),
                hosts,
                mounts,
                LowLevelExecution.network(request.integer(3)),
                Execution.Security.SANDBOX,
                List.of(),
                List.of(),
                List.of(),
                Execution.Resources.none(),
                List.of());
        return new ContainerOrder(trees, execution);
    }

    /** @throws GrpcException NOT_FOUND for one that is not there */
    synchronized Processes get(String id) {
        Processes known = open.get(id);
        if (known == null) {
            throw missing(id);
        }
        return known;
    }

    private static GrpcException missing(String id) {
        return new GrpcException(GrpcStatus.NOT_FOUND, "container " + id + " not found");
    }

    /** Ends its processes and removes it. */
    void release(String id) {
        Processes known;
        synchronized (this) {
            known = open.remove(id);
        }
        if (known == null) {
            throw missing(id);
        }
        known.close();
    }

    @Override
    public void close() {
        List<Processes> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open.values());
            open.clear();
        }
        all.forEach(Processes::close);
    }
}

package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.Execution;
import dev.naru.build.StepRunner.ProcessOrder;
import dev.naru.build.StepRunner.RunningProcess;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One call of moby.buildkit.v1.frontend.LLBBridge/ExecProcess: processes are started in containers, and talked with. */
final class ContainerTalk {
    private static final int LARGEST_MESSAGE = 4 << 20;
    private static final int MOST = 64;

    private final GrpcCall call;
    private final Build build;
    private final FrontendContainers containers;
    private final Map<String, ContainerProcess> processes = new HashMap<>();

    ContainerTalk(GrpcCall call, Build build, FrontendContainers containers) {
        this.call = requireNonNull(call, "call");
        this.build = requireNonNull(build, "build");
        this.containers = requireNonNull(containers, "containers");
    }

    /** Until the client says no more and all processes have ended; they do not outlive the call. */
    void run() throws IOException, InterruptedException {
        call.head();
        try {
            for (byte[] next = call.receive(LARGEST_MESSAGE); next != null; next = call.receive(LARGEST_MESSAGE)) {
                take(ProtoFields.of(next));
            }
            for (ContainerProcess each : processes.values()) {
                each.await();
            }
        } finally {
            processes.values().forEach(ContainerProcess::kill);
        }
    }

    private void take(ProtoFields message) throws InterruptedException, IOException {
        String id = message.text(1);
        if (message.has(2)) {
            start(id, message.message(2));
            return;
        }
        ContainerProcess known = processes.get(id);
        if (known == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "process " + id + " not found");
        }
        if (message.has(3)) {
            ProtoFields input = message.message(3);
            known.input(input.bytes(3), input.truth(2));
        } else if (message.has(4)) {
            known.resize(message.message(4).integer(1), message.message(4).integer(2));
        } else if (message.has(8)) {
            known.signal(message.message(8).text(1));
        }
    }

    private void start(String id, ProtoFields init) throws InterruptedException, IOException {
        if (processes.containsKey(id)) {
            throw new GrpcException(GrpcStatus.ALREADY_EXISTS, "process " + id + " already exists");
        }
        if (processes.size() >= MOST) {
            throw new GrpcException(GrpcStatus.RESOURCE_EXHAUSTED, "a call has at most " + MOST + " processes");
        }
        List<Long> descriptors = init.numbers(3);
        RunningProcess process;
        try {
            process = containers.get(init.text(1)).start(order(init, descriptors.contains(0L)));
        } catch (NaruException failure) {
            refuse(id, failure);
            return;
        }
        var started = new ContainerProcess(call, id, process, descriptors);
        processes.put(id, started);
        started.begin();
    }

    /** Clients wait for the start of what can't be started too. */
    private void refuse(String id, NaruException failure) throws IOException, InterruptedException {
        int code =
                switch (failure.kind()) {
                    case ErrorKind.COMMAND_NOT_FOUND -> 127;
                    case ErrorKind.COMMAND_NOT_EXECUTABLE -> 126;
                    default -> 255;
                };
        call.send(new ProtoWriter().text(1, id).message(5, new ProtoWriter()));
        call.send(ContainerProcess.exit(id, code, build.failure(failure)));
        call.send(new ProtoWriter().text(1, id).message(7, new ProtoWriter()));
    }

    private ProcessOrder order(ProtoFields init, boolean input) {
        ProtoFields meta = init.message(2);
        if (meta.texts(1).isEmpty()) {
            throw NaruException.invalid("a process without a command");
        }
        List<String> environment = new ArrayList<>(meta.texts(2));
        for (ProtoFields secret : init.messages(6)) {
            byte[] value = build.session().secret(secret.text(1)).orElse(null);
            if (value != null) {
                environment.add(secret.text(2) + "=" + new String(value, StandardCharsets.UTF_8));
            } else if (!secret.truth(3)) {
                throw NaruException.notFound("secret " + secret.text(1) + ": not found");
            }
        }
        return new ProcessOrder(
                meta.texts(1),
                environment,
                meta.text(3).isEmpty() ? "/" : meta.text(3),
                meta.text(4),
                init.truth(4),
                input,
                init.integer(5) == 1 ? Execution.Security.INSECURE : Execution.Security.SANDBOX);
    }
}

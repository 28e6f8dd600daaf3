package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildSolver;
import dev.naru.engine.BuildService;
import dev.naru.engine.ClassicBuildRequest;
import dev.naru.engine.GraphBuildRequest;
import dev.naru.engine.RegistryAccounts;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** A build that a request of the Engine API asks for, as the SolveRequest that BuildKit's clients would send. */
final class RequestedBuild {
    private static final String SESSION = "client-session";

    private final BuildService service;
    private final ControlService control;
    private final Uploads uploads;
    private final GraphBuildRequest request;
    private final ClassicBuildRequest build;

    RequestedBuild(BuildService service, ControlService control, Uploads uploads, GraphBuildRequest request) {
        this.service = requireNonNull(service, "service");
        this.control = requireNonNull(control, "control");
        this.uploads = requireNonNull(uploads, "uploads");
        this.request = requireNonNull(request, "request");
        this.build = request.build();
    }

    /** Builds; answers the image's id, empty when there is none. */
    String run(InputStream body, GraphBuildRequest.Answer answer) throws InterruptedException {
        String id = build.buildId();
        if (id.startsWith(Uploads.BRINGS)) {
            uploads.offer(id.substring(Uploads.BRINGS.length()), body);
            answer.received();
            return "";
        }
        boolean waits = build.remote().equals(Uploads.WAITS);
        if (!waits && !build.remote().isEmpty()) {
            answer.received();
        }
        try (BuildSolver.Hold cancellable = service.cancellable(id)) {
            InputStream context = waits ? uploads.take(id) : body;
            var offered = new OfferedContext(
                    context, waits ? () -> {} : answer::received, RegistryAccounts.of(build.logins()));
            if (waits) {
                answer.received();
            }
            return solve(offered, answer);
        } catch (GrpcException failure) {
            throw new NaruException(ErrorKind.INVALID, String.valueOf(failure.getMessage()));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot ask for a build", failure);
        } finally {
            if (waits) {
                uploads.done(id);
            }
        }
    }

    private String solve(OfferedContext offered, GraphBuildRequest.Answer answer)
            throws IOException, InterruptedException {
        ProtoFields solve = ProtoFields.of(message().toBytes());
        Thread[] teller = new Thread[1];
        try {
            Map<String, String> response = control.solve(
                    solve,
                    offered,
                    begun -> teller[0] =
                            Thread.ofVirtual().name("naru-build-status").start(() -> tell(begun, answer)));
            return response.getOrDefault("containerimage.digest", "");
        } finally {
            if (teller[0] != null) {
                teller[0].join();
            }
        }
    }

    private static void tell(Build begun, GraphBuildRequest.Answer answer) {
        try {
            begun.log().follow(answer::status);
        } catch (IOException | java.io.UncheckedIOException gone) {
            // The request's own thread learns that its client has left.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** moby.buildkit.v1.SolveRequest */
    private ProtoWriter message() {
        var message = new ProtoWriter()
                .text(1, build.buildId().isEmpty() ? UUID.randomUUID().toString() : build.buildId())
                .text(5, request.session())
                .text(6, "dockerfile.v0")
                .map(7, attributes());
        if (build.networkMode().equals("host")) {
            message.text(9, "network.host");
        }
        String inline = build.buildArguments().get("BUILDKIT_INLINE_CACHE");
        boolean isCache = "1".equals(inline) || "true".equalsIgnoreCase(inline);
        if (isCache || !request.cacheFrom().isEmpty()) {
            var caches = new ProtoWriter();
            if (isCache) {
                caches.message(4, new ProtoWriter().text(1, "inline"));
            }
            request.cacheFrom()
                    .forEach(each -> caches.message(
                            5, new ProtoWriter().text(1, "registry").map(2, Map.of("ref", each))));
            message.message(8, caches);
        }
        if (request.outputs().isEmpty()) {
            message.message(13, output("moby", Map.of()));
        }
        request.outputs().stream()
                .filter(each -> !each.type().equals("cacheonly"))
                .forEach(each -> message.message(13, output(each.type(), each.attributes())));
        return message;
    }

    private ProtoWriter output(String type, Map<String, String> given) {
        var attributes = new LinkedHashMap<>(given);
        boolean image = type.equals("moby") || type.equals("image");
        if (image && !build.tags().isEmpty()) {
            attributes.put("name", String.join(",", build.tags()));
        }
        return new ProtoWriter().text(1, type).map(2, attributes);
    }

    private Map<String, String> attributes() {
        if (build.squash()) {
            throw NaruException.invalid("squash is only supported with experimental mode");
        }
        var all = new LinkedHashMap<String, String>();
        all.put("filename", build.dockerfile());
        all.put("target", build.target());
        all.put("platform", build.platform());
        all.put("image-resolve-mode", build.pull() ? "pull" : "default");
        if (!build.remote().equals(SESSION)) {
            boolean sent = build.remote().isEmpty() || build.remote().equals(Uploads.WAITS);
            all.put("context", sent ? OfferedContext.ADDRESS : build.remote());
        }
        if (build.noCache()) {
            all.put("no-cache", "");
        }
        if (build.shmSize() != 0) {
            all.put("shm-size", Long.toString(build.shmSize()));
        }
        switch (build.networkMode()) {
            case "", "default" -> {}
            case "host", "none" -> all.put("force-network-mode", build.networkMode());
            default ->
                throw NaruException.invalid("network mode \"" + build.networkMode() + "\" not supported by buildkit");
        }
        all.put("cgroup-parent", build.cgroupParent());
        all.put("ulimit", request.limits());
        all.put("add-hosts", hosts());
        build.labels().forEach((name, value) -> all.put("label:" + name, value));
        build.buildArguments().forEach((name, value) -> {
            if (value != null) {
                all.put("build-arg:" + name, value);
            }
        });
        all.entrySet().removeIf(each -> each.getValue().isEmpty() && !kept(each.getKey()));
        return all;
    }

    private static boolean kept(String name) {
        return name.equals("no-cache") || name.startsWith("label:") || name.startsWith("build-arg:");
    }

    private String hosts() {
        return String.join(
                ",",
                build.extraHosts().stream()
                        .map(host -> host.replaceFirst("[:=]", "="))
                        .toList());
    }
}

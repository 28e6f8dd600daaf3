package dev.naru.buildkit;

import dev.naru.build.StepRunner.StepDevice;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.PlatformMatch;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The one builder behind this door, and what it can do, as clients ask for it. */
final class BuildWorker {
    private static final List<String> FRONTEND = List.of(
            "solve.base",
            "solve.inlinereturn",
            "resolveimage",
            "resolveimage.resolvemode",
            "readfile",
            "return",
            "returnmap",
            "readdir",
            "statfile",
            "importcaches",
            "protoref",
            "reference.output",
            "frontend.inputs",
            "gateway.solve.metadata",
            "gateway.warnings",
            "proto.refarray",
            "frontend.caps",
            "gateway.evaluate.solve",
            "gateway.evaluate",
            "gateway.exec",
            "gateway.exec.extrahosts",
            "gateway.exec.secretenv",
            "gateway.exec.signals",
            "gateway.exec.filesystem");

    private static final List<String> LLB = List.of(
            "source.image",
            "source.image.resolvemode",
            "source.local",
            "source.local.unique",
            "source.local.sessionid",
            "source.local.includepatterns",
            "source.local.followpaths",
            "source.local.excludepatterns",
            "source.local.sharedkeyhint",
            "source.git",
            "source.git.keepgitdir",
            "source.git.fullurl",
            "source.git.subdir",
            "source.http",
            "source.http.checksum",
            "source.http.perm",
            "source.http.uidgid",
            "exec.meta.base",
            "exec.meta.cdi",
            "exec.meta.cgroup.parent",
            "exec.meta.network",
            "exec.meta.proxyenv",
            "exec.meta.security",
            "exec.meta.setsdefaultpath",
            "exec.meta.ulimit",
            "exec.mount.bind",
            "exec.mount.bind.readwrite-nooutput",
            "exec.mount.cache",
            "exec.mount.cache.sharing",
            "exec.mount.selector",
            "exec.mount.tmpfs",
            "exec.mount.tmpfs.size",
            "exec.mount.secret",
            "exec.mount.ssh",
            "exec.cgroup",
            "exec.secretenv",
            "exec.validexitcode",
            "file.base",
            "file.rm.wildcard",
            "file.rm.symlinks",
            "file.copy.includeexcludepatterns",
            "fileop.copy.alwaysreplaceexistingdestpaths",
            "file.copy.modestring",
            "file.symlink.create",
            "constraints",
            "platform",
            "meta.ignorecache",
            "meta.description",
            "meta.exportcache",
            "gc.freespacefilter",
            "exporter.multiple",
            "exporter.image.annotations",
            "exporter.image.attestations",
            "mergeop",
            "diffop");

    private BuildWorker() {}

    /** The list of workers as containers of frontends get it. */
    static String json() {
        var platform = PlatformMatch.host();
        return "[{\"ID\":\"naru\",\"Labels\":{\"org.mobyproject.buildkit.worker.executor\":\"naru\"},\"Platforms\":"
                + "[{\"architecture\":\"" + platform.architecture() + "\",\"os\":\"" + platform.os()
                + "\"}],\"GCPolicy\":null}]";
    }

    /** moby.buildkit.v1.types.WorkerRecord */
    static ProtoWriter record(List<StepDevice> devices, Optional<String> hostGateway) {
        ProtoWriter record = record();
        // What clients put in place of host-gateway in --add-host.
        hostGateway.ifPresent(address -> record.message(
                2,
                new ProtoWriter()
                        .text(1, "org.mobyproject.buildkit.worker.moby.host-gateway-ip")
                        .text(2, address)));
        devices.forEach(device -> record.message(6, device(device)));
        return record;
    }

    /** moby.buildkit.v1.types.CDIDevice */
    private static ProtoWriter device(StepDevice device) {
        var written = new ProtoWriter().text(1, device.name()).truth(2, device.allowed());
        new TreeMap<>(device.annotations())
                .forEach((name, value) ->
                        written.message(3, new ProtoWriter().text(1, name).text(2, value)));
        return written;
    }

    private static ProtoWriter record() {
        return new ProtoWriter()
                .text(1, "naru")
                .message(
                        2,
                        new ProtoWriter()
                                .text(1, "org.mobyproject.buildkit.worker.executor")
                                .text(2, "naru"))
                // By its name clients know that there are indexes, archives, caches elsewhere and pushes.
                .message(
                        2,
                        new ProtoWriter()
                                .text(1, "org.mobyproject.buildkit.worker.snapshotter")
                                .text(2, "overlay"))
                .message(3, Platforms.proto(PlatformMatch.host()))
                .message(5, version());
    }

    /** moby.buildkit.v1.types.BuildkitVersion */
    static ProtoWriter version() {
        return new ProtoWriter().text(1, "dev.naru").text(2, "v0.25.0+naru").text(4, "1.20.0");
    }

    /** PongResponse */
    static ProtoWriter pong() {
        var pong = new ProtoWriter();
        FRONTEND.forEach(name -> pong.message(1, capability(name)));
        LLB.forEach(name -> pong.message(2, capability(name)));
        return pong.message(3, record());
    }

    private static ProtoWriter capability(String name) {
        return new ProtoWriter().text(1, name).truth(2, true);
    }
}

package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.oci.LinuxSpec;
import dev.naru.oci.Process;
import dev.naru.oci.Resources;
import dev.naru.oci.ResourcesBuilder;
import java.nio.file.Path;

/** Isolation with what this host's kernel has. */
public final class HostIsolation implements Isolation {
    private final HostFeatures host;
    private final SpecCompiler compiler;
    private final String keptParent;

    /** One that leaves no control group behind; compiled filters are kept in it. */
    public HostIsolation(HostFeatures host) {
        this(host, "");
    }

    /** One whose containers' usual parent of control groups stays, because the next container needs it again. */
    public HostIsolation(HostFeatures host, String keptParent) {
        this.host = requireNonNull(host, "host");
        this.keptParent = requireNonNull(keptParent, "keptParent");
        this.compiler = new SpecCompiler(host, new SeccompCompiler());
    }

    @Override
    public Prepared prepare(LaunchRequest request) {
        LinuxSpec linux = request.spec().linux();
        String path = linux == null ? null : linux.cgroupsPath();
        Resources resources = linux == null ? null : linux.resources();
        ControlGroup group = host.controlGroups()
                .create(
                        path == null || path.isEmpty() ? "/naru/" + request.id() : path,
                        resources == null ? ResourcesBuilder.builder().build() : resources);
        try {
            SpecCompiler.Compiled compiled = compiler.compile(request, group, root(request));
            compiled.record().write(request.stateDirectory());
            return new Prepared(compiled.plan(), group);
        } catch (RuntimeException e) {
            group.remove();
            removed(group);
            throw e;
        }
    }

    @Override
    public ControlGroup controlGroup(String id, Path stateDirectory) {
        return host.controlGroups()
                .open(IsolationRecord.read(id, stateDirectory).groupPath());
    }

    @Override
    public void removed(ControlGroup group) {
        host.controlGroups().removeMadeParents(group.path().toString(), keptParent);
    }

    @Override
    public LaunchPlan exec(String id, Path stateDirectory, int pid, Process process, StandardStreams streams) {
        IsolationRecord container = IsolationRecord.read(id, stateDirectory);
        return compiler.exec(container, host.controlGroups().open(container.groupPath()), pid, process, streams);
    }

    /** The directory over which the root is mounted; nothing of the host that a later mount needs may be below it. */
    private static Path root(LaunchRequest request) {
        if (!request.rootMounts().isEmpty()) {
            Path directory = request.stateDirectory().resolve("root");
            try {
                KernelFile.makeDirectory(directory.toString(), 0700);
            } catch (LinuxException e) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot launch container " + request.id(), e);
            }
            return directory;
        }
        if (request.spec().root() == null) {
            throw new NaruException(
                    ErrorKind.INVALID, "cannot launch container " + request.id(), "it has no root file system", null);
        }
        return Path.of(request.spec().root().path());
    }
}

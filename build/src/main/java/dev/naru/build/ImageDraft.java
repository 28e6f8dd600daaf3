package dev.naru.build;

import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageHealthcheck;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.RootFs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An image's configuration while a stage changes it. */
final class ImageDraft {
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    static final String COMMENT = "buildkit.dockerfile.v0";

    private final Platform platform;
    final Map<String, String> environment = new LinkedHashMap<>();
    final Map<String, String> labels = new TreeMap<>();
    final Map<String, Map<String, String>> ports = new TreeMap<>();
    final Map<String, Map<String, String>> volumes = new TreeMap<>();
    final List<History> history = new ArrayList<>();
    List<String> onBuild = new ArrayList<>();

    @Nullable
    String author;

    String user = "";
    String workingDirectory = "/";

    /** A base without a directory stays without one, though its steps begin in the root. */
    boolean directoryGiven = true;

    @Nullable
    List<String> command;

    @Nullable
    List<String> entrypoint;

    @Nullable
    List<String> shell;

    @Nullable
    String stopSignal;

    @Nullable
    Boolean argumentsEscaped;

    @Nullable
    ImageHealthcheck healthcheck;

    ImageDraft(Platform platform) {
        this.platform = platform;
        environment.put("PATH", PATH);
    }

    static ImageDraft of(ImageConfig base) {
        var draft = new ImageDraft(
                new Platform(base.architecture(), base.os(), base.osVersion(), base.osFeatures(), base.variant()));
        draft.author = base.author();
        if (base.history() != null) {
            draft.history.addAll(base.history());
        }
        ImageRunConfig run = base.config();
        if (run != null) {
            draft.take(run);
        }
        return draft;
    }

    private void take(ImageRunConfig run) {
        if (run.env() != null && !run.env().isEmpty()) {
            String path = environment.remove("PATH");
            for (String each : run.env()) {
                int equals = each.indexOf('=');
                environment.put(equals < 0 ? each : each.substring(0, equals), each.substring(equals + 1));
            }
            environment.putIfAbsent("PATH", path == null ? PATH : path);
        }
        labels.putAll(run.labels() == null ? Map.of() : run.labels());
        ports.putAll(run.exposedPorts() == null ? Map.of() : run.exposedPorts());
        volumes.putAll(run.volumes() == null ? Map.of() : run.volumes());
        onBuild = new ArrayList<>(run.onBuild() == null ? List.of() : run.onBuild());
        user = run.user() == null ? "" : run.user();
        directoryGiven = run.workingDir() != null && !run.workingDir().isEmpty();
        workingDirectory = run.workingDir() == null || run.workingDir().isEmpty() ? "/" : run.workingDir();
        command = run.cmd();
        entrypoint = run.entrypoint();
        shell = run.shell();
        stopSignal = run.stopSignal();
        argumentsEscaped = run.argsEscaped();
        healthcheck = run.healthcheck();
    }

    void commit(String createdBy, boolean layer, @Nullable String created) {
        history.add(new History(created, createdBy, null, COMMENT, layer ? null : true));
    }

    List<String> interpreter() {
        return shell == null || shell.isEmpty() ? List.of("/bin/sh", "-c") : shell;
    }

    Platform platform() {
        return platform;
    }

    /** A copy: stages that build on a stage do not change it. */
    ImageConfig config(@Nullable String created) {
        var run = new ImageRunConfig(
                user.isEmpty() ? null : user,
                ports.isEmpty() ? null : new TreeMap<>(ports),
                Operation.environment(environment),
                entrypoint,
                command,
                volumes.isEmpty() ? null : new TreeMap<>(volumes),
                directoryGiven ? workingDirectory : null,
                labels.isEmpty() ? null : new TreeMap<>(labels),
                stopSignal,
                argumentsEscaped,
                healthcheck,
                onBuild.isEmpty() ? null : List.copyOf(onBuild),
                shell);
        return new ImageConfig(
                created,
                author,
                platform.architecture(),
                platform.os(),
                platform.osVersion(),
                platform.osFeatures(),
                platform.variant(),
                run,
                new RootFs("layers", List.of()),
                List.copyOf(history),
                null,
                null,
                null);
    }
}

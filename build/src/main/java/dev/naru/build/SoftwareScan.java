package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Attestation;
import dev.naru.linux.FileCalls;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.PlatformMatch;
import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists the software of a result by somebody else's program: an image that speaks BuildKit's protocol of SBOM scanners. It
 * sees the result's files, read-only, and leaves statements, of which the subjects are filled in later. It runs as a step
 * does, so that the same scanner is not asked twice of the same files.
 */
public final class SoftwareScan {
    private static final String SUFFIX = ".spdx.json";
    private static final int MOST = 64;
    private static final long LARGEST = 64 << 20;
    private static final String TARGET = "/run/src/core/sbom";
    private static final String MORE = "/run/src/extras";
    private static final String RESULTS = "/run/out";

    private final Source.Image scanner;
    private final Map<String, String> parameters;

    /**
     * Made of what its user says.
     *
     * @param parameters variables that the scanner is told
     */
    public SoftwareScan(Source.Image scanner, Map<String, String> parameters) {
        this.scanner = requireNonNull(scanner, "scanner");
        this.parameters = new TreeMap<>(parameters);
    }

    /**
     * The scanner's work on a tree; {@link #read} reads its result.
     *
     * @param root null is the empty tree
     * @param more trees that it is shown too, by their names
     */
    public Vertex.Input of(Vertex.@Nullable Input root, Map<String, Vertex.Input> more, BuildContextAccess access) {
        ImageRunConfig config =
                access.image(scanner, PlatformMatch.host()).config().config();
        Vertex.Input program = new Vertex(
                        scanner,
                        List.of(),
                        PlatformMatch.host(),
                        Vertex.Label.of("[internal] scanner " + scanner.reference()))
                .output();
        List<Vertex.Input> inputs = new ArrayList<>(root == null ? List.of(program) : List.of(program, root));
        List<BuildMount> mounts = new ArrayList<>(List.of(
                new BuildMount.Bind("/", 0, "/", false, Operation.NONE),
                new BuildMount.Bind(TARGET, root == null ? Operation.NONE : 1, "/", true, Operation.NONE),
                new BuildMount.Bind(RESULTS, Operation.NONE, "/", false, 0),
                new BuildMount.Tmpfs("/tmp", 0)));
        more.forEach((name, tree) -> {
            mounts.add(new BuildMount.Bind(MORE + "/sbom-" + name, inputs.size(), "/", true, Operation.NONE));
            inputs.add(tree);
        });
        var step = new Execution(
                command(config),
                environment(config, !more.isEmpty()),
                config == null ? "/" : or(config.workingDir(), "/"),
                config == null ? "" : or(config.user(), ""),
                "",
                Map.of(),
                mounts,
                Execution.Network.DEFAULT,
                Execution.Security.SANDBOX,
                List.of(),
                List.of(),
                List.of(),
                Execution.Resources.none(),
                List.of());
        return new Vertex(
                        step,
                        inputs,
                        PlatformMatch.host(),
                        Vertex.Label.of("[internal] generating sbom using " + scanner.reference()))
                .output();
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private List<String> command(@Nullable ImageRunConfig config) {
        List<String> all = new ArrayList<>();
        if (config != null) {
            all.addAll(config.entrypoint() == null ? List.of() : config.entrypoint());
            all.addAll(config.cmd() == null ? List.of() : config.cmd());
        }
        if (all.isEmpty()) {
            throw failed("its image has no command");
        }
        return all;
    }

    private List<String> environment(@Nullable ImageRunConfig config, boolean more) {
        List<String> all = new ArrayList<>();
        if (config != null && config.env() != null) {
            all.addAll(config.env());
        }
        parameters.forEach((name, value) -> all.add(name + "=" + value));
        all.add("BUILDKIT_SCAN_SOURCE=" + TARGET);
        all.add("BUILDKIT_SCAN_DESTINATION=" + RESULTS);
        if (more) {
            all.add("BUILDKIT_SCAN_SOURCE_EXTRAS=" + MORE);
        }
        return all;
    }

    private NaruException failed(String why) {
        return new NaruException(
                ErrorKind.INVALID, "cannot list the software by the scanner " + scanner.reference(), why, null);
    }

    /** Reads what the scanner has left. */
    public List<Attestation> read(ReadableTree tree) throws IOException {
        List<Attestation> all = new ArrayList<>();
        for (String name : tree.list("")) {
            boolean regular = tree.file(name).filter(TreeFile::isRegular).isPresent();
            if (regular && FileCalls.text(name).endsWith(SUFFIX)) {
                if (all.size() == MOST) {
                    throw failed("it left more than " + MOST + " scans");
                }
                all.add(statement(tree, name));
            }
        }
        if (all.isEmpty()) {
            throw failed("it left no file that ends in " + SUFFIX);
        }
        return all;
    }

    private Attestation statement(ReadableTree tree, String path) throws IOException {
        String name = FileCalls.text(path);
        byte[] bytes;
        try (var file = tree.open(path);
                var in = Files.newInputStream(Path.of(file.path()))) {
            bytes = in.readNBytes((int) LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
            throw failed(name + " is larger than " + (LARGEST >> 20) + " MiB");
        }
        String type = "";
        String predicate = "";
        try (JsonReader json = Jsonb.builder().build().reader(new String(bytes, StandardCharsets.UTF_8))) {
            json.beginObject();
            while (json.hasNextField()) {
                switch (json.nextField()) {
                    case "predicateType" -> type = json.readString();
                    case "predicate" -> predicate = json.readRaw();
                    default -> json.skipValue();
                }
            }
            json.endObject();
        } catch (JsonException | IllegalStateException malformed) {
            throw failed(name + " is no in-toto statement: " + malformed.getMessage());
        }
        if (!type.equals(SoftwareBill.TYPE) || !predicate.startsWith("{")) {
            throw failed(name + " is no in-toto statement of the type " + SoftwareBill.TYPE);
        }
        return new Attestation(type, predicate, name);
    }
}

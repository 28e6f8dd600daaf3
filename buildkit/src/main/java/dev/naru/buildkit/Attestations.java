package dev.naru.buildkit;

import dev.naru.build.Provenance;
import dev.naru.build.SoftwareScan;
import dev.naru.build.Source;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants said about its image ({@code attest:provenance}, {@code attest:sbom}).
 *
 * @param provenance null for none
 * @param bill whether the software of the image is listed
 * @param scan who lists it, null for this builder itself
 */
record Attestations(
        Provenance.@Nullable Order provenance,
        boolean bill,
        @Nullable SoftwareScan scan) {
    private static final String PREFIX = "attest:";

    /**
     * What buildx sends when its user has said nothing, to builders that make attestations. Here they are made for those
     * who ask.
     */
    private static final String UNASKED = "mode=min,inline-only=true";

    private static final Predicate<String> VARIABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*").asMatchPredicate();

    static Attestations of(Map<String, String> attributes) {
        for (String name : attributes.keySet()) {
            if (name.startsWith(PREFIX) && !List.of("provenance", "sbom").contains(name.substring(PREFIX.length()))) {
                throw unsupported("cannot attach " + name.substring(PREFIX.length()) + " attestations");
            }
        }
        Optional<Map<String, String>> provenance = wanted(attributes.get(PREFIX + "provenance"));
        Optional<Map<String, String>> bill = wanted(attributes.get(PREFIX + "sbom"));
        return new Attestations(
                provenance.map(Attestations::order).orElse(null),
                bill.isPresent(),
                bill.map(Attestations::scan).orElse(null));
    }

    boolean isEmpty() {
        return provenance == null && !bill;
    }

    private static Optional<Map<String, String>> wanted(@Nullable String text) {
        if (text == null || text.equals("false") || text.equals(UNASKED)) {
            return Optional.empty();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals).strip(), field.substring(equals + 1));
            } else if (!field.isBlank() && !field.equals("true")) {
                throw NaruException.invalid("invalid attestation parameter \"" + field + "\": expected key=value");
            }
        }
        return "true".equals(fields.get("disabled")) ? Optional.empty() : Optional.of(fields);
    }

    private static Provenance.Order order(Map<String, String> fields) {
        String mode = fields.getOrDefault("mode", "min");
        if (!mode.equals("min") && !mode.equals("max")) {
            throw NaruException.invalid("invalid provenance mode \"" + mode + "\": use min or max");
        }
        String version = fields.getOrDefault("version", "v0.2");
        if (!version.equals("v0.2") && !version.equals("v1")) {
            throw NaruException.invalid("invalid provenance version \"" + version + "\": use v0.2 or v1");
        }
        for (String name : fields.keySet()) {
            if (!List.of("type", "mode", "version", "builder-id", "reproducible", "inline-only", "disabled", "filename")
                    .contains(name)) {
                throw NaruException.invalid("unknown parameter \"" + name + "\" of provenance");
            }
        }
        return new Provenance.Order(
                mode.equals("max"),
                version.equals("v1"),
                fields.getOrDefault("builder-id", ""),
                "true".equals(fields.get("reproducible")));
    }

    private static @Nullable SoftwareScan scan(Map<String, String> fields) {
        String generator = fields.getOrDefault("generator", "");
        if (generator.isEmpty()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>(fields);
        List.of("generator", "type", "disabled", "filename").forEach(parameters::remove);
        for (String name : parameters.keySet()) {
            if (!VARIABLE.test(name)) {
                throw NaruException.invalid("invalid parameter \"" + name + "\" of an SBOM generator");
            }
        }
        String image = Reference.parse(generator).tagged().toString();
        return new SoftwareScan(new Source.Image(image, Source.Pull.WHEN_MISSING), parameters);
    }

    private static NaruException unsupported(String what) {
        return new NaruException(
                ErrorKind.NOT_SUPPORTED,
                what,
                "this builder says provenance and lists software by itself",
                "use --provenance, or --sbom=true",
                null);
    }
}

package dev.naru.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A target as the words of {@code naru build}. */
final class BakeWords {
    private BakeWords() {}

    /**
     * The words.
     *
     * @param asked whether it was asked for itself; what others alone stand on has no results of its own
     */
    static List<String> of(BakeTarget target, boolean asked) {
        List<String> words = new ArrayList<>();
        String context = BakePlan.here(target.text(BakeTarget.Attribute.CONTEXT));
        texts(words, target);
        file(words, target, context);
        each(words, "allow", target.texts(BakeTarget.Attribute.ENTITLEMENTS));
        each(words, "annotation", asked ? target.texts(BakeTarget.Attribute.ANNOTATIONS) : List.of());
        each(words, "no-cache-filter", target.texts(BakeTarget.Attribute.NO_CACHE_FILTER));
        each(words, "platform", target.texts(BakeTarget.Attribute.PLATFORMS));
        each(words, "ulimit", target.texts(BakeTarget.Attribute.ULIMITS));
        pairs(words, "build-arg", "=", target.map(BakeTarget.Attribute.ARGS));
        pairs(words, "label", "=", target.map(BakeTarget.Attribute.LABELS));
        pairs(words, "add-host", ":", target.map(BakeTarget.Attribute.EXTRA_HOSTS));
        target.map(BakeTarget.Attribute.CONTEXTS).forEach((name, value) -> {
            if (!value.startsWith("target:")) {
                words.add("--build-context=" + name + "=" + BakePlan.here(value));
            }
        });
        fields(words, "secret", BakeTarget.Attribute.SECRET, target);
        fields(words, "ssh", BakeTarget.Attribute.SSH, target);
        fields(words, "cache-from", BakeTarget.Attribute.CACHE_FROM, target);
        if (asked) {
            each(words, "tag", target.texts(BakeTarget.Attribute.TAGS));
            fields(words, "cache-to", BakeTarget.Attribute.CACHE_TO, target);
            fields(words, "output", BakeTarget.Attribute.OUTPUT, target);
            fields(words, "attest", BakeTarget.Attribute.ATTEST, target);
        } else {
            words.add("--output=type=cacheonly");
        }
        words.add("--");
        words.add(context);
        return words;
    }

    private static void texts(List<String> words, BakeTarget target) {
        Map.of(
                        "target", BakeTarget.Attribute.TARGET,
                        "network", BakeTarget.Attribute.NETWORK,
                        "shm-size", BakeTarget.Attribute.SHM_SIZE,
                        "call", BakeTarget.Attribute.CALL)
                .forEach((option, attribute) -> {
                    if (!target.text(attribute).isEmpty()) {
                        words.add("--" + option + "=" + target.text(attribute));
                    }
                });
        if (target.is(BakeTarget.Attribute.PULL)) {
            words.add("--pull");
        }
        if (target.is(BakeTarget.Attribute.NO_CACHE)) {
            words.add("--no-cache");
        }
    }

    /** A Dockerfile's place is seen from the context. */
    private static void file(List<String> words, BakeTarget target, String context) {
        String file = target.text(BakeTarget.Attribute.DOCKERFILE);
        if (!target.text(BakeTarget.Attribute.DOCKERFILE_INLINE).isEmpty()) {
            words.add("--file=-");
        } else if (!BakePlan.isPath(context)) {
            words.add("--file=" + file);
        } else if (file.startsWith("cwd://")) {
            words.add("--file=" + file.substring("cwd://".length()));
        } else if (!file.equals("Dockerfile")) {
            words.add("--file=" + Path.of(context).resolve(file));
        }
    }

    private static void each(List<String> words, String option, List<String> values) {
        values.forEach(value -> words.add("--" + option + "=" + value));
    }

    private static void pairs(List<String> words, String option, String separator, Map<String, String> values) {
        values.forEach((key, value) -> words.add("--" + option + "=" + key + separator + value));
    }

    private static void fields(List<String> words, String option, BakeTarget.Attribute attribute, BakeTarget target) {
        target.fields(attribute).forEach(each -> words.add("--" + option + "=" + BakeFields.option(attribute, each)));
    }
}

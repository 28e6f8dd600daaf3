package dev.naru.cli;

import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The options of {@code naru build}: those of {@code docker buildx build}. */
final class BuildOptions {
    private static final Set<String> LIMITS = Set.of(
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private BuildOptions() {}

    static List<Option> all() {
        var all = new ArrayList<>(shown());
        all.addAll(FormerBuildOptions.all());
        return List.copyOf(all);
    }

    private static List<Option> shown() {
        return List.of(
                strings("add-host", "Add a custom host-to-IP mapping (format: \"host:ip\")"),
                array("allow", "Allow extra privileged entitlement (e.g., \"network.host\")"),
                array("annotation", "Add annotation to the image"),
                array("attest", "Attestation parameters (format: \"type=sbom,generator=image\")"),
                array("build-arg", "Set build-time variables"),
                array("build-context", "Additional build contexts (e.g., name=path)"),
                Option.value("builder", (char) 0, "string", "Override the configured builder instance"),
                array(
                        "cache-from",
                        "External cache sources (e.g., \"user/app:cache\", \"type=local,src=path/to/dir\")"),
                array("cache-to", "Cache export destinations (e.g., \"user/app:cache\")"),
                Option.value("call", (char) 0, "string", "Set method for evaluating build (default \"build\")"),
                Option.value("cgroup-parent", (char) 0, "string", "Set the parent cgroup for the \"RUN\" instructions"),
                Option.flag("check", (char) 0, "Shorthand for \"--call=check\""),
                Option.flag("debug", 'D', "Tell what the engine asks of this client on standard error"),
                Option.value("file", 'f', "string", "Name of the Dockerfile (default: \"PATH/Dockerfile\")"),
                Option.value("iidfile", (char) 0, "string", "Write the image ID to a file"),
                array("label", "Set metadata for an image"),
                Option.flag("load", (char) 0, "Shorthand for \"--output=type=docker\""),
                Option.value("metadata-file", (char) 0, "string", "Write build result metadata to a file"),
                Option.value("network", (char) 0, "string", "Set the networking mode for the \"RUN\" instructions"),
                Option.flag("no-cache", (char) 0, "Do not use cache when building the image"),
                array("no-cache-filter", "Do not cache specified stages"),
                Option.list("output", 'o', "stringArray", "Output destination (format: \"type=local,dest=path\")"),
                array("platform", "Set target platform for build"),
                Option.value(
                        "progress",
                        (char) 0,
                        "string",
                        "Set type of progress output (\"auto\", \"none\", \"plain\", \"quiet\", \"rawjson\", \"tty\")"),
                Option.value("provenance", (char) 0, "string", "Shorthand for \"--attest=type=provenance\""),
                Option.flag("pull", (char) 0, "Always attempt to pull all referenced images"),
                Option.flag("push", (char) 0, "Shorthand for \"--output=type=registry\""),
                Option.flag("quiet", 'q', "Suppress the build output and print image ID on success"),
                Option.value("sbom", (char) 0, "string", "Shorthand for \"--attest=type=sbom\""),
                array("secret", "Secret to expose to the build (format: \"id=mysecret[,src=/local/secret]\")"),
                Option.value("shm-size", (char) 0, "bytes", "Shared memory size for build containers"),
                array("ssh", "SSH agent socket or keys to expose to the build"),
                Option.list("tag", 't', "stringArray", "Name and optionally a tag (format: \"name:tag\")"),
                Option.value("target", (char) 0, "string", "Set the target build stage to build"),
                Option.list("ulimit", (char) 0, "ulimit", "Ulimit options"));
    }

    private static Option array(String name, String help) {
        return Option.list(name, (char) 0, "stringArray", help);
    }

    private static Option strings(String name, String help) {
        return Option.list(name, (char) 0, "strings", help);
    }

    /** Refuses what no engine of ours does, so that nothing is ignored. */
    static void check(Arguments arguments) {
        if (!arguments.get("builder", "default").equals("default")) {
            throw new CliException("--builder " + arguments.get("builder")
                    + ": naru builds with the engine that it reaches; choose another one with --host or --context");
        }
        arguments.list("allow").forEach(BuildOptions::checkEntitlement);
        arguments.list("build-arg").forEach(BuildOptions::checkPair);
        arguments.list("label").forEach(BuildOptions::checkPair);
        arguments.list("ulimit").forEach(BuildOptions::checkLimit);
        arguments.list("tag").forEach(BuildOptions::checkTag);
    }

    private static void checkPair(String pair) {
        if (pair.startsWith("=")) {
            throw new CliException("invalid key-value pair \"" + pair + "\": empty key");
        }
    }

    private static void checkLimit(String limit) {
        Object name = CreateBody.ulimit(limit).get("Name");
        if (!LIMITS.contains(String.valueOf(name))) {
            throw new CliException(
                    125, "invalid argument \"" + limit + "\" for \"--ulimit\" flag: invalid ulimit type: " + name);
        }
    }

    private static void checkTag(String tag) {
        try {
            Reference.parse(tag);
        } catch (NaruException malformed) {
            throw new CliException("invalid tag \"" + tag + "\": " + malformed.getMessage());
        }
    }

    private static void checkEntitlement(String entitlement) {
        if (!List.of("network.host", "security.insecure", "device").contains(entitlement)
                && !entitlement.startsWith("device=")) {
            throw new CliException("--allow " + entitlement
                    + " is not supported: use network.host, security.insecure or device[=NAME]");
        }
    }
}

package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A repository that is built automatically.
 *
 * @param name how webhooks and listings call it
 * @param source the address of the git repository
 * @param image the image's name without a tag
 * @param poll how often it is looked at without being told; zero for never
 * @param push whether images are pushed
 * @param autotest whether {@code docker-compose.test.yml} decides
 * @param hooks whether programs of the repository may run on this host
 * @param secret what signs webhooks; empty for none
 * @param trigger the token of the address that starts builds; empty for none
 * @param links images whose push in a registry starts a build
 * @param environment for hooks and tests
 */
record AutobuildSource(
        String name,
        String source,
        String image,
        Duration poll,
        boolean push,
        boolean autotest,
        boolean hooks,
        String secret,
        String trigger,
        List<String> links,
        Map<String, String> environment,
        List<AutobuildRule> rules) {
    AutobuildSource {
        requireNonNull(poll, "poll");
        links = List.copyOf(links);
        environment = Map.copyOf(environment);
        rules = List.copyOf(rules);
        if (source.isEmpty() || source.startsWith("-")) {
            throw new CliException("repository " + name + " of the automated builds needs a source");
        }
        ImageName.parse(image);
        if (rules.isEmpty()) {
            throw new CliException("repository " + name + " of the automated builds has no rules");
        }
    }

    /** Reads one from the configuration's JSON. */
    static AutobuildSource of(@Nullable Object tree) {
        var fields = new AutobuildFields("a repository", tree);
        String image = fields.text("image", "");
        String name = fields.text("name", image.substring(image.lastIndexOf('/') + 1));
        var source = new AutobuildSource(
                name,
                fields.text("source", ""),
                image,
                fields.duration("poll", Duration.ofMinutes(5)),
                fields.is("push", true),
                fields.is("autotest", false),
                fields.is("hooks", false),
                fields.text("secret", ""),
                fields.text("trigger", ""),
                fields.texts("links"),
                fields.pairs("env"),
                fields.list("rules").stream().map(AutobuildSource::rule).toList());
        fields.done();
        return source;
    }

    private static AutobuildRule rule(@Nullable Object tree) {
        var fields = new AutobuildFields("a rule", tree);
        String type = fields.text("type", "branch");
        if (!type.equals("branch") && !type.equals("tag")) {
            throw new CliException("invalid type \"" + type + "\" of a rule: use branch or tag");
        }
        var rule = new AutobuildRule(
                type.equals("branch"),
                AutobuildRule.pattern(fields.text("source", "")),
                List.of(fields.text("tag", "{sourceref}").split(",")),
                fields.text("dockerfile", "Dockerfile"),
                fields.text("context", "/"),
                fields.is("caching", true),
                fields.is("autobuild", true));
        fields.done();
        return rule;
    }

    /** What hooks and tests find in their environment. */
    Map<String, String> environment(AutobuildRule rule, String reference, AutobuildCheckout checkout, String tag) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("SOURCE_BRANCH", rule.name(reference));
        all.put("SOURCE_COMMIT", checkout.commit());
        all.put("COMMIT_MSG", checkout.message());
        all.put("DOCKER_REPO", image);
        all.put("DOCKERFILE_PATH", rule.dockerfile());
        all.put("DOCKER_TAG", tag);
        all.put("IMAGE_NAME", image + ":" + tag);
        all.put("SOURCE_REPOSITORY_URL", source);
        return all;
    }
}

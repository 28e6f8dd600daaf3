package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One rule of an automated build, as Docker's hosted builds had them: which branches or tags are built, and what the
 * images are called.
 *
 * @param branch whether branches are meant, else tags
 * @param source the whole name
 * @param tags names for the images; {@code {sourceref}} and {@code {\1}} are filled in
 * @param dockerfile its path below the context
 * @param context the context's path below the repository's root
 * @param caching whether the build cache may be used
 * @param automatic whether a change is enough for a build, else only a trigger makes one
 */
record AutobuildRule(
        boolean branch,
        Pattern source,
        List<String> tags,
        String dockerfile,
        String context,
        boolean caching,
        boolean automatic) {
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final String BRANCHES = "refs/heads/";
    private static final String TAGS = "refs/tags/";

    AutobuildRule {
        requireNonNull(source, "source");
        tags = List.copyOf(tags);
        if (tags.isEmpty()) {
            throw new CliException("a rule of an automated build needs a tag");
        }
    }

    /** A name means itself; between slashes it is a regular expression that may match a part, as on the hub. */
    static Pattern pattern(String source) {
        boolean expression = source.length() > 2 && source.startsWith("/") && source.endsWith("/");
        try {
            return expression
                    ? Pattern.compile(source.substring(1, source.length() - 1))
                    : Pattern.compile("^" + Pattern.quote(source) + "$");
        } catch (PatternSyntaxException e) {
            throw new CliException("invalid source \"" + source + "\" of a rule: " + e.getDescription());
        }
    }

    /** The branch's or tag's name of a reference such as {@code refs/heads/main}; empty when it is of the other kind. */
    String name(String reference) {
        String before = branch ? BRANCHES : TAGS;
        return reference.startsWith(before) ? reference.substring(before.length()) : "";
    }

    /**
     * The image's tags for a reference; none when the rule is not about it.
     *
     * @throws CliException when what comes out can't be a tag
     */
    List<String> tags(String reference) {
        String name = name(reference);
        Matcher matcher = source.matcher(name);
        if (name.isEmpty() || !matcher.find()) {
            return List.of();
        }
        List<String> made = new ArrayList<>();
        for (String tag : tags) {
            String filled = tag.replace("{sourceref}", name.replace('/', '-'));
            for (int group = 0; group <= matcher.groupCount(); group++) {
                String value = matcher.group(group);
                filled = filled.replace("{\\" + group + "}", value == null ? "" : value.replace('/', '-'));
            }
            if (!TAG.matcher(filled).matches()) {
                throw new CliException("the rule's tag \"" + tag + "\" makes \"" + filled + "\" of " + reference
                        + ", which can't be the tag of an image");
            }
            made.add(filled);
        }
        return made;
    }
}

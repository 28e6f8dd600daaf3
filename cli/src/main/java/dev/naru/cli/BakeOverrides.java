package dev.naru.cli;

import dev.naru.build.Wildcard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code --set} and the options that stand for it change in targets. */
final class BakeOverrides {
    private final List<Change> changes = new ArrayList<>();

    /** @param more whether it is added to what there is */
    private record Change(String pattern, String key, String of, String value, boolean more) {}

    /** @param environment values of build arguments that are named alone */
    BakeOverrides(List<String> options, Map<String, String> environment) {
        for (String option : options) {
            int equals = option.indexOf('=');
            boolean more = equals > 0 && option.charAt(equals - 1) == '+';
            String path = equals < 0 ? option : option.substring(0, more ? equals - 1 : equals);
            String[] parts = path.split("\\.", 3);
            if (parts.length < 2) {
                throw new CliException(
                        "invalid override key " + path + ", expected target.name, as in --set *.platform=linux/amd64");
            }
            String of = parts.length == 3 ? parts[2] : "";
            String value = equals < 0 ? environment.get(of) : option.substring(equals + 1);
            if (equals < 0 && !parts[1].equals("args")) {
                throw new CliException("invalid override " + option + ", expected target.name=value");
            }
            if (value != null) {
                changes.add(new Change(parts[0], parts[1], of, value, more));
            }
        }
    }

    void check(java.util.Collection<String> targets) {
        for (Change change : changes) {
            if (targets.stream().noneMatch(name -> Wildcard.matches(change.pattern(), name))) {
                throw new CliException("could not find any target matching '" + change.pattern() + "'");
            }
        }
    }

    void apply(String name, BakeTarget target) {
        List<String> replaced = new ArrayList<>();
        for (Change change : changes) {
            if (Wildcard.matches(change.pattern(), name)) {
                boolean more = change.more() || replaced.contains(change.key());
                replaced.add(change.key());
                apply(target, change, more);
            }
        }
    }

    private static BakeTarget.Attribute attribute(String key) {
        BakeTarget.Attribute known = BakeTarget.Attribute.of(
                switch (key) {
                    case "platform" -> "platforms";
                    case "secrets" -> "secret";
                    case "outputs" -> "output";
                    case "tag" -> "tags";
                    case "ulimit" -> "ulimits";
                    case "extra-host" -> "extra-hosts";
                    default -> key;
                });
        if (known == null) {
            throw new CliException("unknown key: " + key);
        }
        return known;
    }

    private static void apply(BakeTarget target, Change change, boolean more) {
        if (change.key().equals("push") || change.key().equals("load")) {
            boolean on = truth(change.value());
            if (on) {
                output(target, change.key());
            }
            return;
        }
        BakeTarget.Attribute attribute = attribute(change.key());
        try {
            switch (attribute.kind()) {
                case TEXT -> target.set(attribute, change.value());
                case TRUTH -> target.set(attribute, truth(change.value()));
                case MAP -> {
                    if (change.of().isEmpty()) {
                        throw new CliException(change.key() + " require name");
                    }
                    target.add(attribute, Map.of(change.of(), change.value()));
                }
                default -> list(target, attribute, change.value(), more);
            }
        } catch (HclValues.Unsuitable wrong) {
            throw new CliException("invalid value of " + change.key() + ": " + wrong.getMessage());
        }
    }

    private static void list(BakeTarget target, BakeTarget.Attribute attribute, String value, boolean more) {
        List<String> given = value.isEmpty() ? List.of() : List.of(value);
        Object made = BakeBlocks.converted(attribute, given);
        if (!more) {
            target.set(attribute, made);
        } else if (target.has(attribute)) {
            List<Object> all = new ArrayList<>();
            all.addAll(target.texts(attribute));
            all.addAll((List<?>) made);
            target.set(attribute, new ArrayList<>(new java.util.LinkedHashSet<>(all)));
        } else {
            target.set(attribute, made);
        }
    }

    private static boolean truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new CliException("invalid value \"" + value + "\": expected true or false");
        };
    }

    /** {@code --push} and {@code --load}: an output more, or one that pushes, where the target's own ones allow it. */
    static void output(BakeTarget target, String word) {
        List<Map<String, Object>> all = new ArrayList<>(target.fields(BakeTarget.Attribute.OUTPUT));
        List<String> types =
                all.stream().map(each -> String.valueOf(each.get("type"))).toList();
        if (word.equals("push")) {
            boolean pushed = false;
            for (Map<String, Object> each : all) {
                if ("image".equals(each.get("type"))) {
                    each.put("push", "true");
                }
                pushed |= List.of("image", "registry").contains(String.valueOf(each.get("type")));
            }
            if (!pushed && (all.isEmpty() || types.contains("docker"))) {
                all.add(new java.util.TreeMap<>(Map.of("type", "image", "push", "true")));
            }
        } else {
            boolean loaded =
                    all.stream().anyMatch(each -> "docker".equals(each.get("type")) && !each.containsKey("dest"));
            boolean images = types.stream().allMatch(List.of("image", "registry", "oci", "docker")::contains);
            if (!loaded && images) {
                all.add(new java.util.TreeMap<>(Map.of("type", "docker")));
            }
        }
        target.set(BakeTarget.Attribute.OUTPUT, all);
    }
}

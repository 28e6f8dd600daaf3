package dev.naru.engine;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.PortSummary;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Which containers a listing shows: the filters of {@code docker ps}, read once and then applied to each. */
final class ListFilter {
    private static final Set<String> KNOWN = Set.of(
            "ancestor",
            "before",
            "expose",
            "exited",
            "health",
            "id",
            "isolation",
            "is-task",
            "label",
            "name",
            "network",
            "publish",
            "since",
            "status",
            "volume");
    private static final List<String> STATES =
            List.of("created", "running", "paused", "restarting", "removing", "exited", "dead");
    private static final List<String> HEALTH = List.of("none", "starting", "healthy", "unhealthy");

    private final Filters filters;
    private final NetworkView networks;
    private final boolean all;
    private final Set<Integer> exitCodes;
    private final Set<String> ancestors;
    private final long before;
    private final long since;
    private final boolean tasksOnly;
    private final List<Pattern> names;
    private final List<Pattern> ids;
    private final Set<String> published;
    private final Set<String> exposed;

    ListFilter(ListQuery query, ContainerRegistry containers, Images images, NetworkView networks) {
        this.filters = query.filters();
        this.networks = networks;
        filters.requireKnown(KNOWN);
        oneOf("status", "state", STATES);
        oneOf("health", "health", HEALTH);
        this.all = query.all() || query.limit() > 0 || filters.contains("status");
        this.exitCodes =
                filters.get("exited").stream().map(ListFilter::exitCode).collect(Collectors.toSet());
        this.ancestors = ancestors(images);
        this.before = created(containers, "before", Long.MAX_VALUE);
        this.since = created(containers, "since", Long.MIN_VALUE);
        this.tasksOnly = tasks();
        this.names = patterns("name");
        this.ids = patterns("id");
        this.published = ports("publish");
        this.exposed = ports("expose");
    }

    private void oneOf(String key, String what, List<String> values) {
        for (String value : filters.get(key)) {
            if (!values.contains(value)) {
                throw NaruException.invalid("invalid filter '" + key + "=" + value + "': invalid value for " + what
                        + " (" + value + "): must be one of " + String.join(", ", values));
            }
        }
    }

    private static int exitCode(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw NaruException.invalid(
                    "invalid filter 'exited=" + text + "': strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
    }

    /** The ids of images that are, or stand on, one of those named. */
    private Set<String> ancestors(Images images) {
        var found = new HashSet<String>();
        for (String name : filters.get("ancestor")) {
            images.find(name).ifPresent(ancestor -> {
                List<String> layers = ancestor.config().rootfs().diffIds();
                found.add(ancestor.id());
                for (Image image : images.list()) {
                    List<String> own = image.config().rootfs().diffIds();
                    if (own.size() > layers.size()
                            && !layers.isEmpty()
                            && own.subList(0, layers.size()).equals(layers)) {
                        found.add(image.id());
                    }
                }
            });
        }
        return found;
    }

    private long created(ContainerRegistry containers, String key, long otherwise) {
        List<String> values = filters.get(key);
        return values.isEmpty()
                ? otherwise
                : containers.get(values.getLast()).record().created();
    }

    private boolean tasks() {
        List<String> values = filters.get("is-task");
        if (values.isEmpty()) {
            return false;
        }
        return switch (values.getFirst()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw NaruException.invalid("invalid filter 'is-task=" + values + "'");
        };
    }

    private List<Pattern> patterns(String key) {
        return filters.get(key).stream()
                .map(value -> {
                    try {
                        return Pattern.compile(value);
                    } catch (PatternSyntaxException e) {
                        return Pattern.compile(Pattern.quote(value));
                    }
                })
                .toList();
    }

    private Set<String> ports(String key) {
        var ports = new HashSet<String>();
        for (String value : filters.get(key)) {
            PortSpecs.Ports range = PortSpecs.parse(value);
            for (int port = range.first(); port <= range.last(); port++) {
                ports.add(port + "/" + range.protocol());
            }
        }
        return ports;
    }

    boolean test(Container container) {
        ContainerRecord record = container.record();
        return shown(container)
                && !tasksOnly
                && record.created() < before
                && record.created() > since
                && (names.isEmpty() || names.stream().anyMatch(pattern -> named(pattern, record.name())))
                && (ids.isEmpty()
                        || ids.stream().anyMatch(pattern -> pattern.matcher(record.id())
                                .find()))
                && filters.matchesLabels("label", Values.map(record.config().labels()))
                && (!filters.contains("ancestor") || ancestors.contains(record.imageId()))
                && state(container)
                && mounted(record)
                && connected(container)
                && ported(container);
    }

    private boolean shown(Container container) {
        return all
                || container.status().phase().alive()
                || container.status().phase() == ContainerStatus.Phase.RESTARTING;
    }

    /** Docker's names begin with a slash, and patterns are written with it or without. */
    private static boolean named(Pattern pattern, String name) {
        return pattern.matcher("/" + name).find() || pattern.matcher(name).find();
    }

    private boolean state(Container container) {
        ContainerStatus status = container.status();
        boolean code = exitCodes.isEmpty()
                || (!status.phase().alive() && status.startedAt() != 0 && exitCodes.contains(status.exitCode()));
        return code
                && filters.any("status", InspectView.phase(status)::equals)
                && filters.any("health", HealthView.state(container)::equals);
    }

    private boolean mounted(ContainerRecord record) {
        return filters.any("volume", wanted -> record.mounts().stream()
                .anyMatch(mount -> mount.name().equals(wanted)
                        || mount.source().equals(wanted)
                        || mount.destination().equals(wanted)));
    }

    private boolean connected(Container container) {
        if (!filters.contains("network")) {
            return true;
        }
        Map<String, EndpointSettings> endpoints = networks.endpoints(container);
        return filters.any(
                "network",
                wanted -> endpoints.containsKey(wanted)
                        || endpoints.values().stream()
                                .map(endpoint -> Values.text(endpoint.networkID()))
                                .anyMatch(id -> !id.isEmpty() && id.startsWith(wanted)));
    }

    private boolean ported(Container container) {
        if (published.isEmpty() && exposed.isEmpty()) {
            return true;
        }
        for (PortSummary port : NetworkView.ports(container)) {
            if (published.contains(port.publicPort() + "/" + port.type())
                    || exposed.contains(port.privatePort() + "/" + port.type())) {
                return true;
            }
        }
        return false;
    }
}

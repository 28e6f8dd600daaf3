package dev.naru.volume;

import dev.naru.error.NaruException;
import dev.naru.plugin.PluginAddress;
import dev.naru.plugin.PluginCalls;
import dev.naru.plugin.PluginDirectories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The drivers that there are: the local one, and plug-ins as their files come and go. */
final class Drivers {
    private static final System.Logger LOG = System.getLogger("naru.volume");

    private final LocalDriver local;
    private final PluginDirectories directories;
    private final Duration patience;
    private final Map<String, PluginDriver> activated = new ConcurrentHashMap<>();

    Drivers(LocalDriver local, PluginDirectories directories, Duration patience) {
        this.local = local;
        this.directories = directories;
        this.patience = patience;
    }

    LocalDriver local() {
        return local;
    }

    /**
     * The driver of that name; a plug-in is activated when it is first used.
     *
     * @param operation what it is wanted for, for errors
     * @throws NaruException NOT_FOUND with Docker's text
     */
    VolumeDriver get(String operation, String name) {
        if (name.isEmpty() || name.equals(VolumeDriver.LOCAL)) {
            return local;
        }
        return plugin(name, patience)
                .orElseThrow(() -> NaruException.notFound(operation + ": error looking up volume plugin " + name
                        + ": plugin \"" + name + "\" not found"));
    }

    /** The driver that has a volume's data. */
    VolumeDriver of(String operation, StoredVolume volume) {
        return get(operation + " " + volume.name(), volume.driver());
    }

    private Optional<PluginDriver> plugin(String name, Duration wait) {
        Optional<PluginAddress> found = directories.find(name);
        if (found.isEmpty()) {
            activated.remove(name);
            return Optional.empty();
        }
        PluginAddress address = found.get();
        PluginDriver known = activated.get(name);
        if (known != null && known.address().equals(address)) {
            return Optional.of(known);
        }
        var fresh = new PluginDriver(new PluginCalls(address, wait));
        if (!fresh.activate()) {
            return Optional.empty();
        }
        PluginDriver kept = new PluginDriver(new PluginCalls(address, patience));
        activated.put(name, kept);
        return Optional.of(kept);
    }

    /** The plug-ins that can be reached now. */
    List<PluginDriver> plugins(List<String> warnings) {
        var plugins = new ArrayList<PluginDriver>();
        for (String name : directories.names()) {
            try {
                plugin(name, Duration.ZERO).ifPresent(plugins::add);
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.DEBUG, "plug-in " + name + " is left out", failure);
                warnings.add(String.valueOf(failure.getMessage()));
            }
        }
        return plugins;
    }

    /** The plug-in that has a volume of that name. */
    Optional<PluginDriver> having(String volume) {
        for (PluginDriver plugin : plugins(new ArrayList<>())) {
            try {
                if (plugin.find(volume).isPresent()) {
                    return Optional.of(plugin);
                }
            } catch (NaruException unreachable) {
                LOG.log(System.Logger.Level.DEBUG, "plug-in " + plugin.name() + " is left out", unreachable);
            }
        }
        return Optional.empty();
    }

    List<String> names() {
        var names = new ArrayList<String>();
        names.add(VolumeDriver.LOCAL);
        plugins(new ArrayList<>()).forEach(plugin -> names.add(plugin.name()));
        return names;
    }
}

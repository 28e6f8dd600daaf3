package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompProfile;
import dev.naru.oci.SeccompRule;
import io.avaje.jsonb.Jsonb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** System call profiles as Docker has them, resolved for a container on this host. */
public final class SeccompProfiles {
    private static final int LARGEST = 4 * 1024 * 1024;

    private final HostFeatures host;
    private final Supplier<SeccompProfile> standard = Once.of(DefaultSeccompProfile::profile);
    private final Map<CapabilitySet, Seccomp> resolved = new ConcurrentHashMap<>();

    public SeccompProfiles(HostFeatures host) {
        this.host = requireNonNull(host, "host");
    }

    /** The engine's own profile for a container with these capabilities; the same object each time. */
    public Seccomp standard(CapabilitySet capabilities) {
        return resolved.computeIfAbsent(capabilities, set -> resolve(standard.get(), set));
    }

    /**
     * A profile that a user gave, for a container with these capabilities.
     *
     * @param json the profile in Docker's form, or the runtime specification's
     * @throws NaruException INVALID when it is none
     */
    public Seccomp custom(String json, CapabilitySet capabilities) {
        if (json.length() > LARGEST) {
            throw NaruException.invalid("the seccomp profile is larger than " + LARGEST + " characters");
        }
        try {
            return resolve(Jsonb.instance().type(SeccompProfile.class).fromJson(json), capabilities);
        } catch (NaruException e) {
            throw e;
        } catch (RuntimeException e) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read the seccomp profile", e);
        }
    }

    private Seccomp resolve(SeccompProfile profile, CapabilitySet capabilities) {
        if (profile.defaultAction() == null || profile.defaultAction().isEmpty()) {
            throw NaruException.invalid("the seccomp profile has no defaultAction");
        }
        List<SeccompRule> rules = new ArrayList<>();
        for (SeccompProfile.Rule rule : orNone(profile.syscalls())) {
            if (holds(rule.includes(), capabilities) && !excluded(rule.excludes(), capabilities)) {
                rules.add(new SeccompRule(names(rule), rule.action(), rule.errnoRet(), rule.args()));
            }
        }
        return new Seccomp(
                profile.defaultAction(), profile.defaultErrnoRet(), architectures(profile), profile.flags(), rules);
    }

    private static List<String> names(SeccompProfile.Rule rule) {
        boolean single = rule.name() != null && !rule.name().isEmpty();
        List<String> several = orNone(rule.names());
        if (single && !several.isEmpty()) {
            throw NaruException.invalid("a seccomp rule has both name and names: \"" + rule.name() + '"');
        }
        return single ? List.of(requireNonNull(rule.name())) : several;
    }

    private boolean holds(SeccompProfile.@Nullable Condition condition, CapabilitySet capabilities) {
        if (condition == null) {
            return true;
        }
        boolean architecture = orNone(condition.arches()).isEmpty()
                || orNone(condition.arches()).contains(SeccompArchitecture.hostName());
        return architecture
                && orNone(condition.caps()).stream().allMatch(name -> has(capabilities, name))
                && (condition.minKernel() == null || kernelAtLeast(condition.minKernel()));
    }

    private boolean excluded(SeccompProfile.@Nullable Condition condition, CapabilitySet capabilities) {
        return condition != null
                && (orNone(condition.arches()).contains(SeccompArchitecture.hostName())
                        || orNone(condition.caps()).stream().anyMatch(name -> has(capabilities, name))
                        || (condition.minKernel() != null && kernelAtLeast(condition.minKernel())));
    }

    private static boolean has(CapabilitySet capabilities, String name) {
        return capabilities.contains(Capability.of(name));
    }

    private boolean kernelAtLeast(String version) {
        if (!version.matches("[0-9]{1,6}\\.[0-9]{1,6}")) {
            throw NaruException.invalid("minKernel \"" + version + "\" of a seccomp rule is not as in 4.8");
        }
        int dot = version.indexOf('.');
        return host.kernelAtLeast(
                Integer.parseInt(version.substring(0, dot)), Integer.parseInt(version.substring(dot + 1)));
    }

    private static @Nullable List<String> architectures(SeccompProfile profile) {
        List<SeccompProfile.Architecture> map = orNone(profile.archMap());
        if (map.isEmpty()) {
            return profile.architectures();
        }
        if (!orNone(profile.architectures()).isEmpty()) {
            throw NaruException.invalid("the seccomp profile has both architectures and archMap");
        }
        String own = SeccompArchitecture.ofHost().specName();
        List<String> names = new ArrayList<>();
        for (SeccompProfile.Architecture entry : map) {
            if (entry.architecture().equals(own)) {
                names.add(own);
                names.addAll(orNone(entry.subArchitectures()));
            }
        }
        return names;
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}

package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.Link;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Rtnetlink;

/**
 * The host's interface below a stacked network: one that is there, a VLAN of one ({@code eth0.10}), or, where the network
 * names none, a dummy that leads nowhere. What is made here is known by its alias and removed with its last network.
 */
final class ParentLink {
    private static final int SHORT_ID = 10;
    private static final int HIGHEST_VLAN = 4094;
    private static final String ALIAS = "naru parent";

    private final Rtnetlink rtnetlink;
    private final StackedMode kind;

    ParentLink(Rtnetlink rtnetlink, StackedMode kind) {
        this.rtnetlink = requireNonNull(rtnetlink, "rtnetlink");
        this.kind = requireNonNull(kind, "kind");
    }

    static String name(NetworkSpec network) {
        String asked = network.option("parent");
        return asked.isEmpty() ? "dm-" + network.id().substring(0, SHORT_ID) : asked;
    }

    /** Finds it or makes it. */
    Link of(NetworkSpec network) {
        String name = name(network);
        if (name.equals("lo")) {
            throw NaruException.invalid("loopback interface is not a valid " + kind.text() + " parent link");
        }
        return rtnetlink.link(name).orElseGet(() -> network.option("parent").isEmpty() ? dummy(name) : vlan(name));
    }

    private Link dummy(String name) {
        try {
            rtnetlink.batch().plain("dummy", name).alias(name, ALIAS).up(name).commit();
            return rtnetlink.link(name).orElseThrow();
        } catch (LinuxException failure) {
            throw missing(failure, "this kernel has no dummy interfaces", "name one of the host's by -o parent=");
        }
    }

    private Link vlan(String name) {
        int dot = name.lastIndexOf('.');
        String number = name.substring(dot + 1);
        if (dot < 1 || !number.matches("[0-9]{1,4}")) {
            throw NaruException.invalid("the host has no interface " + name + " to be the parent of a " + kind.text()
                    + " network, and it is no VLAN of one, such as eth0.10");
        }
        int vlan = Integer.parseInt(number);
        if (vlan < 1 || vlan > HIGHEST_VLAN) {
            throw NaruException.invalid("the number of a VLAN is 1 to " + HIGHEST_VLAN + ", not " + number);
        }
        Link below = rtnetlink
                .link(name.substring(0, dot))
                .orElseThrow(() -> NaruException.invalid(
                        "the host has no interface " + name.substring(0, dot) + " for the VLAN interface " + name));
        try {
            rtnetlink.batch().vlan(name, below.index(), vlan).alias(name, ALIAS).commit();
            return rtnetlink.link(name).orElseThrow();
        } catch (LinuxException failure) {
            throw missing(
                    failure,
                    "this kernel has no VLANs (module 8021q)",
                    "name an interface without a VLAN by -o parent=");
        }
    }

    private RuntimeException missing(LinuxException failure, String reason, String hint) {
        return failure.errno() == Errno.EOPNOTSUPP
                ? new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot make a parent for the " + kind.text() + " network",
                        reason,
                        hint,
                        failure)
                : NaruException.because(
                        ErrorKind.INTERNAL, "cannot make a parent for the " + kind.text() + " network", failure);
    }

    /** Removes what was made here. */
    void remove(NetworkSpec network) {
        String name = name(network);
        rtnetlink
                .link(name)
                .filter(link -> link.alias().equals(ALIAS))
                .ifPresent(link -> rtnetlink.batch().delete(name).commit());
    }
}

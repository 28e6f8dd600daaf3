package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The kernel resolves no names: what mount.nfs(8) and mount.cifs(8) put into {@code addr=} is put there. */
final class ServerAddress {
    private static final String OPTION = "addr=";

    private ServerAddress() {}

    /**
     * The mount with its server's address; others as they are.
     *
     * @throws NaruException UNAVAILABLE when the name is unknown
     */
    static VolumeMount resolved(String volume, VolumeMount mount) {
        if (!mount.isRemote() || mount.type().equals("ceph")) {
            return mount;
        }
        var options = new ArrayList<String>();
        boolean found = false;
        for (String option : mount.data().isEmpty()
                ? List.<String>of()
                : List.of(mount.data().split(",", -1))) {
            boolean address = option.startsWith(OPTION);
            found |= address;
            options.add(address ? OPTION + address(volume, option.substring(OPTION.length())) : option);
        }
        String host = host(mount);
        if (!found && !host.isEmpty()) {
            options.add(OPTION + address(volume, host));
        }
        return mount.with(mount.device(), String.join(",", options));
    }

    /** Of {@code host:/path}, {@code [v6]:/path} or {@code //host/share}. */
    private static String host(VolumeMount mount) {
        String device = mount.device();
        if (device.startsWith("//")) {
            return device.substring(2).split("/", 2)[0];
        }
        if (device.startsWith("[") && device.contains("]:")) {
            return device.substring(1, device.indexOf(']'));
        }
        return device.indexOf(':') > 0 ? device.substring(0, device.indexOf(':')) : "";
    }

    private static String address(String volume, String name) {
        try {
            String text = InetAddress.getAllByName(name)[0].getHostAddress();
            return text.contains("%") ? text.substring(0, text.indexOf('%')) : text;
        } catch (UnknownHostException unknown) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "failed to mount local volume",
                    "error resolving passed in network volume address: lookup " + name + ": no such host",
                    "check the option addr of volume " + volume,
                    unknown);
        }
    }
}

package dev.naru.network;

import java.net.InetAddress;

/** The addresses of one subnet. */
interface AddressPool {
    Subnet subnet();

    InetAddress gateway();

    /**
     * Takes an address.
     *
     * @param wanted the one asked for; empty for any
     */
    InetAddress take(String wanted, NetworkSpec network);

    /** Gives an address back; nothing for one of another subnet. */
    void release(InetAddress address);

    /** Notes an address that was taken from an earlier engine. */
    void adopt(InetAddress address);
}

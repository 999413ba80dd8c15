package org.craq.client.internal;

/** The member that a call goes to. */
record Peer(String nodeId, String address) {
    @Override
    public String toString() {
        return nodeId + " (" + address + ")";
    }
}

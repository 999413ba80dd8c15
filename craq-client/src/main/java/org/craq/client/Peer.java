package org.craq.client;

/** Who a call goes to. */
record Peer(String nodeId, String address) {
    @Override
    public String toString() {
        return nodeId + " (" + address + ")";
    }
}

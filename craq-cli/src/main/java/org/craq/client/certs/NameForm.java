package org.craq.client.certs;

import org.craq.core.chain.NodeId;

/** The form of the names in certificates, which is that of node ids: each is one segment of a URI and a file name. */
final class NameForm {
    private NameForm() {}

    /**
     * Returns the name.
     *
     * @param what what has this name, for the message
     * @throws IllegalArgumentException when the name has another form
     */
    static String checked(String what, String name) {
        try {
            return new NodeId(name).value();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    what + " '" + name
                            + "' must be 1 to 63 letters, digits, '-', '_' or '.', beginning with a letter or digit",
                    e);
        }
    }
}

package org.craq.core.leadership;

import java.util.regex.Pattern;

/**
 * A manager as other processes know it.
 *
 * @param id identifies it in logs and answers
 * @param grpcAddress host:port under which nodes and clients reach it
 * @param httpUrl base URL of its REST interface, without a trailing slash
 */
public record ManagerIdentity(String id, String grpcAddress, String httpUrl) {
    private static final Pattern ID = Pattern.compile("\\S{1,250}");
    private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s/]{1,250}:\\d{1,5}");
    private static final Pattern URL = Pattern.compile("https?://[^\\s?#]{0,250}[^\\s?#/]");

    public ManagerIdentity {
        require(ID, id, "the manager's id", "1 to 250 characters without spaces");
        require(HOST_AND_PORT, grpcAddress, "the manager's gRPC address", "host:port, e.g. 127.0.0.1:9005");
        require(
                URL,
                httpUrl,
                "the manager's HTTP URL",
                "http(s)://host:port without a trailing slash, e.g. http://127.0.0.1:8080");
    }

    private static void require(Pattern form, String value, String what, String expected) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " is '" + value + "', but must be " + expected);
        }
    }
}

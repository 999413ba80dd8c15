package org.craq.client.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.craq.core.file.FileName;
import org.craq.core.file.UserMetadata;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Refuses invalid names, metadata and addresses before anything is sent. */
public final class Names {
    private Names() {}

    static void check(String name) {
        Errors.valid(() -> new FileName(name));
    }

    /** Returns the metadata in the form in which they are stored. */
    static Map<String, String> metadata(Map<String, String> userMetadata) {
        return Errors.valid(() -> new UserMetadata(userMetadata)).values();
    }

    /**
     * Parses the addresses of managers.
     *
     * @throws CraqException INVALID_ARGUMENT when one of them is not of the form host:port, or there is none
     */
    public static List<String> addresses(String... hostPort) {
        List<String> addresses =
                Arrays.stream(hostPort).map(String::strip).map(Names::address).toList();
        if (addresses.isEmpty()) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "name at least one manager, as host:port");
        }
        return addresses;
    }

    private static String address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port > 0 && port < 65536 && text.indexOf('/') < 0) {
                return text;
            }
        } catch (NumberFormatException e) {
            // Reported below, like any other text that is not an address.
        }
        throw new CraqException(
                ErrorCode.INVALID_ARGUMENT,
                "'" + text + "' is not the address of a manager: write host:port, for example 127.0.0.1:9005");
    }
}

package org.craq.client.alone;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.craq.client.CraqClient;
import org.craq.client.Receipt;

/**
 * A program like a user's: it stores some bytes, reads them back and prints them. Its class path has only the JDK and
 * the client.
 */
public final class StoreAndRead {
    private StoreAndRead() {}

    public static void main(String[] args) throws Exception {
        try (CraqClient client = CraqClient.builder().manager(args[0]).build()) {
            Receipt receipt =
                    client.put("alone", new ByteArrayInputStream("by one jar alone".getBytes(StandardCharsets.UTF_8)));
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            client.get("alone", back);
            System.out.println(receipt.version() + " " + back.toString(StandardCharsets.UTF_8));
        }
    }
}

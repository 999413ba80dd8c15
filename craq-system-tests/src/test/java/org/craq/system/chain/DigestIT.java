package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies uploads against the digests that clients send, RFC 9530. */
@ExtendWith(ChainExtension.class)
class DigestIT {
    private static final byte[] CONTENT = RandomBytes.array(11, 3_000_000);

    private final TestChain chain;
    private final Rest rest;

    DigestIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    private URI file(String name) {
        return Rest.file(chain.headUrl(), "digest/" + name);
    }

    private static String sha256(byte[] content) {
        MessageDigest digest = Digest.sha256();
        return Base64.getEncoder().encodeToString(digest.digest(content));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Digest", "Repr-Digest"})
    void aRightDigestIsToldInTheReceipt(String header) {
        Rest.Answer put = rest.put(file("right"), CONTENT, header, "sha-256=:" + sha256(CONTENT) + ":");

        assertThat(put.status()).as(put.text()).isIn(200, 201);
        assertThat(put.json().getAsJsonObject("digests").get("sha-256").getAsString())
                .isEqualTo(sha256(CONTENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Digest", "Repr-Digest"})
    void aWrongDigestStoresNothing(String header) {
        byte[] other = CONTENT.clone();
        other[2_500_000]++;
        Map<String, Long> before = chain.storedBytes();

        Rest.Answer put = rest.put(file("wrong"), CONTENT, header, "sha-256=:" + sha256(other) + ":");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.json().get("type").getAsString()).isEqualTo("urn:craq:error:CHECKSUM_MISMATCH");
        assertThat(put.json().get("detail").getAsString()).contains(header, sha256(CONTENT));
        for (String node : TestChain.NODES) {
            assertThat(rest.get(Rest.file(chain.cluster().nodeUrl(node), "digest/wrong"))
                            .status())
                    .isEqualTo(404);
        }
        assertThat(chain.storedBytes().get("n1")).isLessThan(before.get("n1") + CONTENT.length);
    }

    @Test
    void aDigestIsComputedForWhoWantsIt() {
        Rest.Answer wanted = rest.put(file("wanted"), CONTENT, "Want-Repr-Digest", "sha-256=1");
        Rest.Answer plain = rest.put(file("wanted"), CONTENT);

        assertThat(wanted.json().getAsJsonObject("digests").get("sha-256").getAsString())
                .isEqualTo(sha256(CONTENT));
        assertThat(plain.json().getAsJsonObject("digests").size()).isZero();
    }

    @Test
    void whatWouldBeReadBackAsSomethingElseIsRefused() {
        Rest.Answer encoded = rest.put(file("refused"), CONTENT, "Content-Encoding", "gzip");
        Rest.Answer partial = rest.put(file("refused"), CONTENT, "Content-Range", "bytes 0-9/10");
        Rest.Answer malformed = rest.put(file("refused"), CONTENT, "Content-Digest", "SHA-256=abc");

        assertThat(encoded.status()).isEqualTo(415);
        assertThat(encoded.text()).contains("Content-Encoding");
        assertThat(partial.status()).isEqualTo(400);
        assertThat(partial.text()).contains("Content-Range");
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.text()).contains("Content-Digest", "RFC 9530");
        assertThat(rest.get(file("refused")).status()).isEqualTo(404);
    }
}

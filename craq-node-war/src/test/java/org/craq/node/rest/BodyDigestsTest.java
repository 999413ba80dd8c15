package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDigestsTest {
    /** The digest of the three bytes "abc", an example of FIPS 180-2. */
    private static final String SHA_256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    private static final String ZERO = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static Map<String, String> ofAbc(String content, String representation, String want) {
        BodyDigests digests = BodyDigests.of(content, representation, want);
        digests.update("a".getBytes(StandardCharsets.US_ASCII));
        digests.update("bc".getBytes(StandardCharsets.US_ASCII));
        return digests.finish();
    }

    @Test
    void whatIsRightPasses() {
        assertThat(ofAbc("sha-256=:" + SHA_256 + ":", "", "")).isEqualTo(Map.of("sha-256", SHA_256));
        assertThat(ofAbc("", "md5=:AAAA:, sha-256=:" + SHA_256 + ":;q=1", "")).isEqualTo(Map.of("sha-256", SHA_256));
    }

    @ParameterizedTest
    @ValueSource(strings = {BodyDigests.CONTENT, BodyDigests.REPRESENTATION})
    void whatIsWrongIsNamed(String header) {
        String wrong = "sha-256=:" + ZERO + ":";
        assertThatThrownBy(() -> ofAbc(
                        header.equals(BodyDigests.CONTENT) ? wrong : "",
                        header.equals(BodyDigests.REPRESENTATION) ? wrong : "",
                        ""))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH))
                .hasMessageContaining(header)
                .hasMessageContaining(SHA_256);
    }

    @ParameterizedTest
    @CsvSource({
        "kAFQmDzST7DWlj99KOF/cg==, ",
        "AAAAAAAAAAAAAAAAAAAAAA==, CHECKSUM_MISMATCH",
        "AAAA, 16 bytes",
        "kAFQmDzST7DWlj99KOF!cg==, not Base64"
    })
    void theOlderHeaderIsHeldAgainstTheBodyAsWell(String md5, String said) {
        ThrowingCallable end = () -> {
            BodyDigests digests = BodyDigests.of("", "", "").withMd5(md5);
            digests.update("abc".getBytes(StandardCharsets.US_ASCII));
            digests.finish();
        };
        if (said == null) {
            assertThatCode(end).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(end)
                    .satisfies(e -> assertThat(e instanceof CraqException known ? known.code() + "" : e.getMessage())
                            .contains(said));
        }
    }

    @Test
    void oneWrongDigestAmongRightOnesIsEnough() {
        assertThatThrownBy(() -> ofAbc("sha-256=:" + SHA_256 + ":, sha-512=:AAAA:", "", ""))
                .hasMessageContaining("sha-512");
    }

    @Test
    void whatIsWantedIsTold() {
        assertThat(ofAbc("", "", "sha-512=3, sha-256=10, md5=1")).containsOnlyKeys("sha-512", "sha-256");
        assertThat(ofAbc("", "", "sha-256=0")).isEmpty();
        assertThat(ofAbc("", "", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha-256", "sha-256=abc", "sha-256=:a b:", "sha-256=:!:", "SHA-256=:AAAA:", "=:AAAA:"})
    void aHeaderOfAnotherFormIsNamed(String header) {
        assertThatThrownBy(() -> BodyDigests.of(header, "", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Content-Digest");
    }

    @Test
    void aWishOfAnotherFormIsNamed() {
        assertThatThrownBy(() -> BodyDigests.of("", "", "sha-256=11")).hasMessageContaining("Want-Repr-Digest");
    }
}

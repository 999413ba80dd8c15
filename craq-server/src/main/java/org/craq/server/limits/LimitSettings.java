package org.craq.server.limits;

import org.craq.server.Settings;

/**
 * How often one caller may call.
 *
 * @param userRate requests of one user per second; 0: no limit
 * @param userBurst requests of one user at once
 * @param failureRate wrong credentials of one address per second; 0: no limit
 */
public record LimitSettings(int userRate, int userBurst, int failureRate) {
    public static final String USER_RATE = "craq.limits.user.rate";
    public static final String USER_BURST = "craq.limits.user.burst";

    public static final String FAILURE_RATE = "craq.limits.failures.rate";

    /** No limits. */
    public static final LimitSettings OFF = new LimitSettings(0, 1, 0);

    private static final int DEFAULT_FAILURE_RATE = 10;
    private static final int MOST = 1_000_000;

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    public static LimitSettings read(Settings settings) {
        int rate = settings.number(USER_RATE, 0, 0, MOST);
        return new LimitSettings(
                rate,
                settings.number(USER_BURST, Math.max(1, 2 * rate), 1, 2 * MOST),
                settings.number(FAILURE_RATE, DEFAULT_FAILURE_RATE, 0, MOST));
    }
}

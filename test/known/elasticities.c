/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A demand system of US food, 1952 to 1978: prices, shares and expenditure of Blanciforti, Green and King (1986, US Department of
 * Agriculture, Technical Bulletin 1718), against the coefficients that R's micEconAids gives for them (lagged Stone index, homogeneity and
 * symmetry). */
#include "test/test.h"

#include <plenty/estimate.h>

/* year; prices of meats, fruit and vegetables, cereal and bakery, miscellaneous; their shares; expenditure */
static const double FOOD[][10] = {
    {1951, 74.7, 58.7, 63.3, 67.4, 0.306, 0.173, 0.138, 0.382, 347.5}, /* its shares alone serve, for the index of 1952 */
    {1952, 74, 64.6, 64.8, 67.2, 0.311, 0.184, 0.135, 0.37, 356.9},
    {1953, 70, 62.5, 66.1, 69.7, 0.314, 0.181, 0.134, 0.371, 356.8},
    {1954, 68.8, 61.6, 67.7, 70.6, 0.317, 0.186, 0.134, 0.364, 348.2},
    {1955, 64.7, 62.5, 68.7, 70, 0.303, 0.195, 0.133, 0.369, 351.9},
    {1956, 61.8, 65.6, 69.7, 71.2, 0.292, 0.2, 0.132, 0.376, 357.9},
    {1957, 67, 65.4, 72.4, 72.1, 0.298, 0.201, 0.139, 0.362, 365.8},
    {1958, 73.3, 70, 73.8, 70.6, 0.306, 0.201, 0.136, 0.357, 376.1},
    {1959, 70.5, 68.9, 74.5, 69.8, 0.302, 0.205, 0.14, 0.353, 380.2},
    {1960, 69.6, 70.6, 75.9, 71.3, 0.292, 0.212, 0.136, 0.36, 388.3},
    {1961, 69.8, 71, 77.5, 73.4, 0.292, 0.212, 0.135, 0.361, 391.3},
    {1962, 71.5, 71.5, 79.2, 72.5, 0.295, 0.215, 0.135, 0.355, 399.9},
    {1963, 70.4, 75.6, 80.3, 73.7, 0.295, 0.212, 0.135, 0.359, 408.7},
    {1964, 69.3, 78.5, 80.6, 76, 0.293, 0.217, 0.137, 0.353, 416.6},
    {1965, 73.8, 78.4, 81.8, 75.7, 0.296, 0.216, 0.137, 0.351, 428.9},
    {1966, 80.2, 80.1, 85.2, 79.3, 0.311, 0.211, 0.129, 0.349, 455.4},
    {1967, 78.1, 80, 87.2, 82.5, 0.306, 0.212, 0.136, 0.347, 467.5},
    {1968, 79.8, 86.3, 87.5, 85.2, 0.306, 0.212, 0.133, 0.35, 488.8},
    {1969, 86.6, 87.4, 90.1, 89.5, 0.317, 0.209, 0.127, 0.347, 514.2},
    {1970, 91, 90.7, 94.9, 96.3, 0.322, 0.206, 0.123, 0.348, 545.4},
    {1971, 91.3, 95.3, 99.3, 100.4, 0.324, 0.214, 0.135, 0.328, 556.5},
    {1972, 100, 100, 100, 100, 0.336, 0.203, 0.127, 0.334, 586.9},
    {1973, 125.3, 114, 111.3, 106.1, 0.348, 0.205, 0.123, 0.324, 670.8},
    {1974, 128, 132.6, 144.8, 128.6, 0.329, 0.202, 0.128, 0.341, 765.2},
    {1975, 139.1, 136.8, 161.1, 143.4, 0.324, 0.204, 0.138, 0.334, 825.7},
    {1976, 140.2, 140.3, 157.5, 158.7, 0.331, 0.208, 0.134, 0.326, 869.8},
    {1977, 139.4, 153.3, 160, 181.4, 0.318, 0.216, 0.135, 0.33, 895.8},
    {1978, 162.7, 170.3, 174.3, 185.8, 0.328, 0.224, 0.131, 0.317, 994.9},
};
enum { YEARS = sizeof FOOD / sizeof FOOD[0], GOODS = 4 };

TEST(us_food_has_the_published_coefficients)
{
    double share[YEARS * GOODS], price[YEARS * GOODS], total[YEARS];
    pl_demand d;
    pl_error err = {0};
    for (int t = 0; t < YEARS; t++) {
        for (int i = 0; i < GOODS; i++) {
            price[t * GOODS + i] = FOOD[t][1 + i];
            share[t * GOODS + i] = FOOD[t][5 + i];
        }
        total[t] = FOOD[t][9];
    }
    if (pl_demand_fit(YEARS, GOODS, share, price, total, PL_STONE_LAGGED, &d, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    const double alpha[] = {-0.20988, 0.12231, 0.25306, 0.83451}, beta[] = {0.304482, 0.048765, -0.071260, -0.281987};
    const double income[] = {1.9706, 1.2356, 0.4633, 0.1862}, own[] = {-0.8654, -0.3648, -0.6178, -0.7715}, r2[] = {0.794, 0.708, 0.502, 0.663};
    /* R gives elasticities at the shares that the system foretells for mean prices and expenditure, the index being of these shares. */
    double mean[GOODS] = {0}, spent = 0, stone = 0, slope = 0, w[GOODS];
    for (int t = 1; t < YEARS; t++) {
        spent += total[t] / (YEARS - 1);
        for (int i = 0; i < GOODS; i++) {
            mean[i] += price[t * GOODS + i] / (YEARS - 1);
        }
    }
    for (int i = 0; i < GOODS; i++) {
        w[i] = d.alpha[i] + d.beta[i] * log(spent);
        for (int j = 0; j < GOODS; j++) {
            w[i] += d.gamma[i * GOODS + j] * log(mean[j]);
        }
        stone += w[i] * log(mean[i]);
        slope += d.beta[i] * log(mean[i]);
        CHECK_NEAR(d.income[i], 1 + d.beta[i] / d.share[i], 1e-12);
        CHECK_NEAR(d.price[i * GOODS + i], (d.gamma[i * GOODS + i] - d.beta[i] * d.share[i]) / d.share[i] - 1, 1e-12);
    }
    for (int i = 0; i < GOODS; i++) {
        w[i] -= d.beta[i] * stone / (1 + slope);
    }
    for (int i = 0; i < GOODS; i++) {
        CHECK_NEAR(d.alpha[i], alpha[i], 1e-5);
        CHECK_NEAR(d.beta[i], beta[i], 1e-6);
        CHECK_NEAR(1 + d.beta[i] / w[i], income[i], 1e-4);
        CHECK_NEAR((d.gamma[i * GOODS + i] - d.beta[i] * w[i]) / w[i] - 1, own[i], 1e-4);
        CHECK_NEAR(d.r2[i], r2[i], 1e-3);
    }
    CHECK_NEAR(d.gamma[0], 0.137738, 1e-6);
    CHECK_NEAR(d.gamma[1], -0.130463, 1e-6);
    CHECK_NEAR(d.gamma[3 * GOODS + 3], -0.018552, 1e-6);
    pl_demand_clear(&d);
}

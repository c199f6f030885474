/// Polynomials of math.c and special.c, written by core/base/tables/minimax.py.
#ifndef SS_BASE_TABLES_POLYNOMIALS_H
#define SS_BASE_TABLES_POLYNOMIALS_H

// (atanh(s)/s - 1)/s² over z = s², |s| ≤ 0.1716; relative error 5.6e-17
static const double ss__log_tail[8] = {
    0x1.5555555555555p-2,
    0x1.9999999999acfp-3,
    0x1.249249246c0e1p-3,
    0x1.c71c720c411d2p-4,
    0x1.745cf6502e85cp-4,
    0x1.3b1c88955c5bep-4,
    0x1.0fba7f6652e5bp-4,
    0x1.0c0aff044a970p-4,
};

// the terms of atanh from s^7/7 on, over z = s²; relative error 3.5e-15
static const double ss__log_far_tail[7] = {
    0x1.24924924924a4p-3,
    0x1.c71c71c71007fp-4,
    0x1.745d1759845f7p-4,
    0x1.3b13a39a9da17p-4,
    0x1.1115db36c6da9p-4,
    0x1.e01939451d961p-5,
    0x1.d9cc795cc9ae7p-5,
};

// (e^x - 1 - x)/x² over |x| ≤ ln(2)/2; relative error 3.4e-17
static const double ss__exp_tail[11] = {
    0x1.0000000000000p-1,
    0x1.5555555555556p-3,
    0x1.5555555555556p-5,
    0x1.1111111110662p-7,
    0x1.6c16c16c16038p-10,
    0x1.a01a01a8bb8b5p-13,
    0x1.a01a01a77fbe5p-16,
    0x1.71de0c3d389aep-19,
    0x1.27e4da8b6d3aap-22,
    0x1.af390ba7e6f47p-26,
    0x1.1f7340dbc337ep-29,
};

// erf(x)/x - 1 over z = x², |x| ≤ 0.84; relative error 1.2e-13
static const double ss__erf_near[12] = {
    0x1.06eba8214db68p-3,
    -0x1.812746b0379e4p-2,
    0x1.ce2f21a042a2bp-4,
    -0x1.b82ce3127f6e0p-6,
    0x1.565bcd0ca9a17p-8,
    -0x1.c02db397b5bedp-11,
    0x1.f9a31717195cdp-14,
    -0x1.f4d0bd3830bd0p-17,
    0x1.b9ca145d42f2fp-20,
    -0x1.5e1f5294f45e0p-23,
    0x1.e8591c75194dcp-27,
    -0x1.e98b2dff09d93p-31,
};

// e^(x²) erfc(x) (1 + 2x) over t = (x - 3)/(x + 3), 0.46 ≤ x ≤ 3; relative error 2.3e-16
static const double ss__erfc_near[15] = {
    0x1.40c522d7e4988p+0,
    -0x1.15c084bb9e1aap-3,
    -0x1.85a15c582e6a7p-5,
    0x1.098366a98aba3p-3,
    -0x1.e88b7fb0c18f3p-4,
    0x1.17ca2e8363f92p-4,
    -0x1.85740e348c494p-6,
    0x1.4ba5f927599e4p-9,
    0x1.eff766a7bcecfp-10,
    -0x1.94555dbf03120p-11,
    -0x1.75d2a960fd899p-14,
    0x1.30aa44cb50c27p-13,
    0x1.546e0251057b4p-16,
    -0x1.0d59cc954ef4dp-16,
    -0x1.2d44a98d1c343p-18,
};

// the same, 3 ≤ x ≤ 28; relative error 8.2e-17
static const double ss__erfc_far[17] = {
    0x1.40c522d7e4987p+0,
    -0x1.15c084bb9e999p-3,
    -0x1.85a15c589dfc9p-5,
    0x1.098366a542112p-3,
    -0x1.e88b802770998p-4,
    0x1.17ca277bb5973p-4,
    -0x1.8574a04a8998bp-6,
    0x1.4b8122c83beffp-9,
    0x1.ef5ec07d60a8ap-10,
    -0x1.9aa84d871ab2dp-11,
    -0x1.9428357762029p-14,
    0x1.c69cd6e379037p-14,
    0x1.d6dcfd14081c0p-16,
    -0x1.64676dec4e26bp-15,
    0x1.b72fe8e5027efp-17,
    -0x1.0bc97189a3c0dp-21,
    -0x1.5d1c6dd2d0bd1p-22,
};

#endif

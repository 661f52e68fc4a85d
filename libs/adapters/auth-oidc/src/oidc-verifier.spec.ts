import { describeTokenVerifier } from '@gemel/testkit/contracts';
import { openOidcVerifier } from './index.js';

describeTokenVerifier('OidcVerifier', openOidcVerifier);
